// SPDX-License-Identifier: Apache-2.0
// The operators' page: who has no secret sees nothing; who has one sees dead letters, what they say,
// and what becomes of what is done with them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser } from "./support/browser.js";
import { Stage } from "./support/stage.js";

const SECRET = "5".repeat(64);
const LETTER = `insert into jobtrail.dead_letter (record_offset, timestamp_ms, partition, topic, stage, reason, message,
    key, value, header_names, header_values, published_at)`;
let browser, stage, folder, address;

before(async () => {
    folder = mkdtempSync(join(tmpdir(), "jobtrail-operators-"));
    const credentials = join(folder, "operators");
    writeFileSync(credentials, `anna ${SECRET}\n`, { mode: 0o600 });
    const port = await freePort();
    address = `http://127.0.0.1:${port}/`;
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin({ settings: {
        "operator.listen": `127.0.0.1:${port}`, "operator.credentials": credentials } })]);
    await stage.execute(`${LETTER} select n, 1700000000000, 0, 'gone', 'decode', 'FRAMING',
        '<img src=x onerror=alert(1)> ' || n, 'k', '\\x3c623e78', '{trace}', '{t}', now() from generate_series(1, 3) as n`);
});
after(async () => {
    await browser?.close();
    await stage?.end();
    rmSync(folder, { recursive: true });
});

function freePort() {
    return new Promise((resolve) => {
        const server = createServer().listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

async function visit(language, scheme) {
    const context = await browser.newContext({ locale: language, colorScheme: scheme });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(address);
    return { page, context, complaints };
}

test("without an operator's secret nothing is told", async () => {
    const { page, context, complaints } = await visit("en", "light");
    await expectAccessible(page);
    await page.getByLabel("Operator's secret").fill("6".repeat(64));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This is no operator's secret.").waitFor();
    assert.equal(await page.getByRole("row").count(), 0);
    assert.ok(complaints.every((text) => /401/.test(text)), String(complaints));
    await context.close();
});

test("letters are seen, kept and discarded", async () => {
    const { page, context, complaints } = await visit("en", "dark");
    await page.getByLabel("Operator's secret").fill(SECRET);
    await page.keyboard.press("Enter");
    await page.getByText("3 dead letters, the newest first").waitFor();
    await page.getByRole("cell", { name: "<img src=x onerror=alert(1)> 3" }).waitFor();
    await expectAccessible(page);
    const [{ id }] = await stage.sql("select id from jobtrail.dead_letter where record_offset = 2");

    await page.getByRole("button", { name: `Details ${id}` }).click();
    const details = page.getByRole("dialog", { name: `Dead letter ${id}` });
    await details.getByText("3c623e78").waitFor();
    await details.getByText("trace: t").waitFor();
    await expectAccessible(page);
    await details.getByRole("button", { name: "Close" }).click();

    await page.getByRole("button", { name: `Retry ${id}` }).click();
    await page.getByText(`Dead letter ${id} is kept: its topic is not among topic.events`).waitFor();

    await page.getByRole("button", { name: `Discard ${id}` }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: `Discard ${id}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
    await page.getByText(`Dead letter ${id} was discarded.`).waitFor();
    assert.equal(await page.getByRole("rowheader").count(), 2);
    assert.deepEqual(await stage.sql(`select from jobtrail.dead_letter where id = ${id}`), []);

    await page.getByLabel("Reason").fill("SCHEMA_UNKNOWN");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("There are no dead letters.").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Operator's secret").waitFor();
    assert.ok(complaints.every((text) => /409/.test(text)), String(complaints));
    await context.close();
});

test("in French", async () => {
    const { page, context, complaints } = await visit("fr-CA", "light");
    assert.equal(await page.locator("html").getAttribute("lang"), "fr");
    await page.getByLabel("Secret de l’opérateur").fill(SECRET);
    await page.getByRole("button", { name: "Se connecter" }).click();
    await page.getByText("2 lettres mortes, les plus récentes d’abord").waitFor();
    await expectAccessible(page);
    assert.deepEqual(complaints, []);
    await context.close();
});

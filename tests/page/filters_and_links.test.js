// SPDX-License-Identifier: Apache-2.0
// Who started a job, how long it took and what it made: columns, filters and links; and addresses
// that can be sent to somebody.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, until, visit } from "./support/browser.js";
import { chooseOfColumn, chooseOfRow, query, row, untilLive, untilRows } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage, colleague;
const result = "https://files.example.org/a/result.zip?x=1";
const at = (second) => `2020-05-01T10:00:${String(second).padStart(2, "0")}Z`;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    const { manager } = stage.members;
    colleague = stage.members.colleague.id;
    await stage.emit(
        { created: true, job: "made", type: "Load, then seed", creator: manager.id, "occurred-at": at(1) },
        { started: true, job: "made", "occurred-at": at(2) },
        { succeeded: true, job: "made", "result-uri": result, "occurred-at": at(44) },
        { created: true, job: "odd", type: "Seed", creator: colleague, "occurred-at": at(3) },
        { started: true, job: "odd", "occurred-at": at(40) },
        { failed: true, job: "odd", "error-code": "E1", "error-detail": "why\n" + "x".repeat(3000),
            "occurred-at": at(20) },
        { created: true, job: "fresh", type: "Seed", creator: colleague });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

const open = async (view = "", wish = {}) => {
    const visitor = await visit(browser, stage, { as: "administrator", view, ...wish });
    await untilLive(visitor.page);
    return visitor;
};

test("who started a job: a column, a filter, an item of the row's menu", async () => {
    const { page, close } = await open("?columns=jobID,creator,duration");
    await untilRows(page, ["fresh", "odd", "made"]);
    await row(page, "odd").getByText(colleague).waitFor();
    await chooseOfColumn(page, "creator", "Filter…");
    await page.getByLabel("Id of the creator").fill(colleague);
    await expectAccessible(page);
    await page.keyboard.press("Enter");
    await untilRows(page, ["fresh", "odd"]);
    assert.equal(query(page).get("creator"), colleague);
    await page.getByRole("button", { name: `Remove filter: Creator: ${colleague}` }).click();
    await untilRows(page, ["fresh", "odd", "made"]);
    await chooseOfRow(page, "made", `Only jobs of ${stage.members.manager.id}`);
    await untilRows(page, ["made"]);
    await expectAccessible(page);
    await close();
});

test("how long it took, never less than nothing", async () => {
    const { page, close } = await open("?columns=jobID,duration", { language: "fr" });
    await row(page, "made").getByText("42 s", { exact: true }).waitFor();
    await row(page, "odd").getByText("0 s", { exact: true }).waitFor();
    assert.equal(await page.getByRole("columnheader", { name: "Durée" }).count(), 1);
    await close();
});

test("filtered and sorted by how long it took, by keyboard, in both languages", async () => {
    const { page, close } = await open("?columns=jobID,duration,creator&sortby=duration");
    await untilRows(page, ["fresh", "odd", "made"]);
    await page.locator("[data-column-menu=duration]").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Filter…" }).press("Enter");
    await page.getByLabel("At least", { exact: true }).fill("0.5");
    assert.equal(await page.getByLabel("At least: unit").inputValue(), "60");
    await page.getByLabel("At most", { exact: true }).fill("10");
    await page.getByLabel("At most: unit").selectOption("seconds");
    await page.keyboard.press("Enter");
    await page.getByText("The most is less than the least").waitFor();
    await expectAccessible(page);
    await page.getByLabel("At most", { exact: true }).fill("");
    await page.getByRole("button", { name: "Apply" }).press("Enter");
    await untilRows(page, ["made"]);
    assert.equal(query(page).get("minDuration"), "30");
    await page.getByRole("button", { name: "Remove filter: Duration: at least 30 s" }).click();
    await untilRows(page, ["fresh", "odd", "made"]);
    await page.getByRole("columnheader", { name: "Duration" }).getByTitle("Sort by Duration").click();
    await untilRows(page, ["made", "odd", "fresh"]);
    await chooseOfColumn(page, "creator", "Sort descending");
    const [first, second] = [stage.members.manager.id, colleague];
    await untilRows(page, first > second ? ["made", "odd", "fresh"] : ["odd", "fresh", "made"]);
    await close();
    const french = await open("?columns=jobID,duration&maxDuration=90", { language: "fr", size: { width: 320, height: 640 } });
    await untilRows(french.page, ["odd", "made"]);
    await french.page.getByRole("button", { name: "Retirer le filtre : Durée : au plus 1 min 30 s" }).waitFor();
    await expectAccessible(french.page);
    await french.close();
});

test("what a first visit does without is told where it does not come", async () => {
    const { page, context, close } = await open("", { mayComplain: [/later_filter\.js/] });
    await context.route("**/later_filter.js", (route) => route.abort());
    await chooseOfColumn(page, "status", "Filter…");
    await page.locator(".notice", { hasText: "load the page anew" }).waitFor();
    await close();
});

test("a manager is not offered others' jobs, nor gets them", async () => {
    const { page, close } = await open(`?creator=${colleague}`, { as: "manager" });
    await page.getByText("No job matches").waitFor();
    await page.getByRole("button", { name: /Remove filter: Creator/ }).click();
    await untilRows(page, ["made"]);
    await row(page, "made").getByRole("button", { name: /Actions/ }).click();
    await page.getByRole("menuitem", { name: "Open result" }).waitFor();
    assert.equal(await page.getByRole("menuitem", { name: /Only jobs of/ }).count(), 0);
    await close();
});

test("a job's result opens beside the page, which it is told nothing of", async () => {
    const { page, context, close } = await open();
    await context.route("https://files.example.org/**", (route) =>
        route.fulfill({ contentType: "text/html", body: "<title>it</title>" }));
    await row(page, "made").locator("[data-focus=row]").click();
    const link = page.getByRole("dialog").getByRole("link", { name: result });
    assert.deepEqual([await link.getAttribute("rel"), await link.getAttribute("target")],
        ["noopener noreferrer", "_blank"]);
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await row(page, "made").getByRole("button", { name: /Actions/ }).click();
    await page.getByRole("menuitem", { name: "Open result" }).focus();
    const [opened] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("Enter")]);
    await opened.waitForURL(result);
    assert.equal(await opened.evaluate(() => window.opener), null);
    await close();
});

test("a job has a link, to be copied and opened in a new tab", async () => {
    const { page, context, close } = await open("?status=failed");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await chooseOfRow(page, "odd", "Copy link");
    await page.locator(".notice", { hasText: "Link copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), stage.page("?job=odd"));
    const [opened] = await Promise.all([context.waitForEvent("page"),
        row(page, "odd").getByRole("link", { name: "odd" }).click({ modifiers: ["ControlOrMeta"] })]);
    await opened.getByRole("dialog", { name: "Job details" }).getByText("odd", { exact: true }).waitFor();
    assert.equal(query(page).get("job"), null);
    await close();
});

test("an open error has an address, and goes by Back", async () => {
    const { page, close } = await open("?status=failed");
    await row(page, "odd").getByRole("button", { name: "Show the error of odd" }).click();
    const dialog = page.getByRole("dialog", { name: "What went wrong" });
    await dialog.getByText("E1").waitFor();
    assert.equal(query(page).get("error"), "odd");
    await page.goBack();
    await dialog.waitFor({ state: "detached" });
    await page.goForward();
    await dialog.getByText("E1").waitFor();
    await page.keyboard.press("Escape");
    await until(() => query(page).get("error") === null, "the address has no error any more");
    await close();
    const sent = await open("?error=odd", { size: { width: 320, height: 640 } });
    await sent.page.getByText("xxx").waitFor();
    assert.ok(await sent.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await sent.close();
});

test("a type with a comma can be filtered", async () => {
    const { page, close } = await open();
    await chooseOfColumn(page, "processID", "Filter…");
    await page.getByLabel("Load, then seed").check();
    await page.getByRole("button", { name: "Apply" }).click();
    await untilRows(page, ["made"]);
    await page.reload();
    await untilRows(page, ["made"]);
    await close();
});

test("the last hour stays the last hour", async () => {
    const { page, close } = await open();
    await chooseOfColumn(page, "created", "Filter…");
    await page.getByLabel("Last hour").check();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Apply" }).click();
    await untilRows(page, ["fresh"]);
    assert.equal(query(page).get("within"), "1h");
    await page.getByRole("button", { name: "Remove filter: Created: Last hour" }).waitFor();
    await chooseOfColumn(page, "created", "Filter… (on)");
    await page.getByLabel("From").fill("2020-05-01T00:00");
    await page.getByRole("button", { name: "Apply" }).click();
    await untilRows(page, ["fresh", "odd", "made"]);
    assert.equal(query(page).get("within"), null);
    await close();
});

test("a search finds types and, for who sees all jobs, creators", async () => {
    const { page, close } = await open();
    const search = page.getByLabel("Search id, type, message, creator");
    await search.fill("THEN seed");
    await untilRows(page, ["made"]);
    await search.fill(stage.members.manager.id.toUpperCase());
    await untilRows(page, ["made"]);
    await close();
    const own = await open(`?q=${stage.members.manager.id}`, { as: "manager", language: "fr" });
    await own.page.getByText("Aucune tâche").first().waitFor();
    assert.equal(await own.page.getByLabel("Chercher un id, un type, un message").inputValue(),
        stage.members.manager.id);
    await own.close();
});

test("start, end and last change are filtered as creation is: since, between, and within so long", async () => {
    const { page, close } = await open("", { size: { width: 1920, height: 800 } });
    await chooseOfColumn(page, "updated", "Filter…");
    await page.getByLabel("Last 24 hours").check();
    await page.getByRole("button", { name: "Apply" }).press("Enter");
    await untilRows(page, ["fresh"]);
    assert.equal(query(page).get("updated"), "24h");
    await page.reload();
    await untilRows(page, ["fresh"]);
    await page.getByRole("button", { name: "Remove filter: Updated: Last 24 hours" }).click();
    await chooseOfColumn(page, "finished", "Filter…");
    await page.getByLabel("From").fill("2020-05-01T11:00");
    await page.keyboard.press("Enter");
    await untilRows(page, ["odd", "made"]);
    await page.getByRole("columnheader", { name: "End, filtered" }).waitFor();
    await page.locator(".state-count.all .count", { hasText: /^2$/ }).waitFor();
    await chooseOfColumn(page, "finished", "Clear filter");
    await untilRows(page, ["fresh", "odd", "made"]);
    await expectAccessible(page);
    await close();
    const sent = await open("?started=../2020-05-01T10:00:10Z", { language: "fr" });
    await untilRows(sent.page, ["made"]);
    await sent.page.getByRole("button", { name: /Retirer le filtre : Début : jusqu’au/ }).waitFor();
    await sent.close();
});

for (const form of ["CSV", "JSON"])
    test(`what the filters show is saved as ${form}`, async () => {
        const { page, close } = await open("?status=failed&sortby=progress", { language: "fr" });
        await page.getByRole("button", { name: "Exporter…" }).click();
        await expectAccessible(page);
        const [download] = await Promise.all([page.waitForEvent("download"),
            page.getByRole("button", { name: form }).press("Enter")]);
        assert.match(download.suggestedFilename(), new RegExp(`^jobs-.*\\.${form.toLowerCase()}$`));
        const text = readFileSync(await download.path(), "utf8");
        const ids = form === "JSON" ? JSON.parse(text).map(({ jobID }) => jobID)
            : text.trimEnd().split("\r\n").slice(1).map((line) => line.split(",")[0]);
        assert.deepEqual(ids, ["odd"]);
        await page.locator(".notice", { hasText: "1 tâche enregistrée" }).waitFor();
        await close();
    });

test("whoever typed the host alone is asked for their organisation", async () => {
    const { page, close } = await open();
    await page.goto(`${stage.origin}/`);
    await page.getByLabel("Organisation", { exact: true }).fill(stage.organization);
    await expectAccessible(page);
    await page.keyboard.press("Enter");
    await page.waitForURL(stage.page());
    await untilLive(page);
    await close();
});

// SPDX-License-Identifier: Apache-2.0
// Behind proxies that hold the live stream back: two nginx in a row, as they are by default.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startBrowser, visit } from "./support/browser.js";
import { row } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin({ nginx: 2 })]);
    await stage.emit({ created: true, job: "far", type: "Load", creator: stage.members.manager.id },
        { started: true, job: "far" });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

test("the table is asked for again and again, and says so, in French too", { timeout: 150_000 }, async () => {
    const visitors = await Promise.all([{}, { language: "fr" }].map((wish) =>
        visit(browser, stage, { as: "manager", ...wish })));
    const [english, french] = visitors.map(({ page }) => page);
    await row(english, "far").waitFor();
    await stage.emit({ progressed: true, job: "far", progress: 42 });
    await english.getByText(/^Updated every \d+ s · table as of /).waitFor({ timeout: 60_000 });
    await french.getByText(/^Actualisé toutes les \d+ s · tableau à /).waitFor({ timeout: 60_000 });
    await row(english, "far").getByText("42%").waitFor();
    await stage.emit({ succeeded: true, job: "far" });
    await row(english, "far").getByText("Success").waitFor({ timeout: 60_000 });
    assert.equal(await english.locator(".fresh-lost").count(), 0);
    await Promise.all(visitors.map(({ close }) => close()));
});

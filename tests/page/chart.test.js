// SPDX-License-Identifier: Apache-2.0
// The chart of jobs over time: fetched when it is opened, read aloud, pressed, and true about what
// it does not know.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, until, visit } from "./support/browser.js";
import { query, untilLive, untilRows } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage;
const old = "?datetime=2020-05-01T10:00:00Z/2020-05-01T15:59:59.999999Z";
const at = (hour, minute) => `2020-05-01T${hour}:${minute}:00Z`;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    const { manager, colleague } = stage.members;
    const mine = { type: "Load", creator: manager.id };
    await stage.emit(
        { created: true, job: "early", ...mine, "occurred-at": at(10, "10") },
        { failed: true, job: "early", "occurred-at": at(10, "11") },
        { created: true, job: "late", ...mine, "occurred-at": at(14, "10") },
        { created: true, job: "theirs", type: "Seed", creator: colleague.id, "occurred-at": at(14, "20") },
        { succeeded: true, job: "theirs", "occurred-at": at(14, "21") });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

const open = async (view, wish = {}) => {
    const visitor = await visit(browser, stage, { as: "administrator", view, ...wish });
    await untilLive(visitor.page);
    return visitor;
};
const bars = (page) => page.locator(".chart [role=button]");

test("fetched when it is opened, then kept open; a bar filters, by pointer and by keyboard", async () => {
    const { page, close } = await open(old);
    const fetched = () => page.evaluate(() => performance.getEntriesByType("resource")
        .filter(({ name }) => name.includes("later_chart")).length);
    assert.equal(await fetched(), 0);
    const top = () => page.locator(".scroller").evaluate((each) => each.getBoundingClientRect().top);
    await page.getByRole("button", { name: "Chart", exact: true }).press("Enter");
    const placed = await top();
    await page.getByText("3 jobs created from 12:00 to 17:59, by state").waitFor();
    assert.equal(await top(), placed, "nothing moves when it is drawn");
    await page.getByRole("button", { name: "16:00 to 16:15: Accepted 1", exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "12:00 to 12:15: Failed 1", exact: true }).click();
    await untilRows(page, ["early"]);
    assert.equal(query(page).get("datetime"), "2020-05-01T10:00:00.000Z/2020-05-01T10:14:59.999999Z");
    await page.getByText("1 job created from").waitFor();
    await page.goBack();
    await untilRows(page, ["theirs", "late", "early"]);
    await page.getByText("3 jobs created from").waitFor();
    await bars(page).last().focus();
    for (let i = 0; i < 6; i++)
        await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await untilRows(page, ["late"]);
    await page.locator(".chart [role=button]:focus").waitFor();
    await page.reload();
    await page.getByText("1 job created from").waitFor();
    await page.getByRole("button", { name: "Chart", exact: true }).click();
    await page.locator(".chart").waitFor({ state: "hidden" });
    await close();
});

test("what is shown is what the other filters let through; a manager's are their own", async () => {
    const { page, close } = await open(`${old}&status=successful`, { language: "fr", scheme: "dark" });
    await page.getByRole("button", { name: "Graphique" }).click();
    await page.getByText("1 tâche créée de 12:00 à 17:59, par état").waitFor();
    await page.getByRole("button", { name: "de 16:15 à 16:30 : Succès 1", exact: true }).waitFor();
    await expectAccessible(page);
    await close();
    const own = await open(old, { as: "manager" });
    await own.page.getByRole("button", { name: "Chart", exact: true }).click();
    await own.page.getByText("2 jobs created from").waitFor();
    await own.close();
});

for (const width of [320, 2560])
    test(`${width} px wide, every bar can be met with a finger`, async () => {
        const { page, close } = await open("", { size: { width, height: 800 } });
        await page.getByRole("button", { name: "Chart", exact: true }).click();
        await page.getByText(/0 jobs created from/).waitFor();
        const narrowest = await bars(page).evaluateAll((all) =>
            Math.min(...all.map((each) => each.getBoundingClientRect().width)));
        assert.ok(narrowest >= 24, `${narrowest} px`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        await expectAccessible(page);
        await close();
    });

test("of what was not counted it says so, and it follows", async () => {
    const { page, close } = await open(old);
    let asked = 0;
    await page.route("**/job-timeline*", async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        asked += 1;
        for (const step of body.steps.slice(0, 4))
            delete step.counts;
        await route.fulfill({ response,
            json: { ...body, boundedToNewest: 10_000, uncountedTo: "2020-05-01T11:07:00.000000Z" } });
    });
    await page.getByRole("button", { name: "Chart", exact: true }).click();
    await page.getByText("only the newest 10,000: up to 13:07 not all are counted").waitFor();
    await page.getByRole("button", { name: "12:00 to 12:15: not counted", exact: true }).waitFor();
    await expectAccessible(page);
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator(".chart").isVisible());
    const before = asked;
    await stage.emit({ created: true, job: "more", type: "Load", creator: stage.members.manager.id,
        "occurred-at": at(14, "30") });
    await until(() => asked > before, "it is asked again");
    await page.getByRole("button", { name: "16:30 to 16:45: Accepted 1", exact: true }).waitFor();
    await close();
});

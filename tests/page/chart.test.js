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
    await page.getByText("3 jobs by time of creation · May 1, 2020, 12:00 – 18:00").waitFor();
    assert.equal(await top(), placed, "nothing moves when it is drawn");
    await page.getByRole("button", { name: "May 1, 2020, 16:00 – 16:15: 1 job (Accepted 1)", exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "May 1, 2020, 12:00 – 12:15: 1 job (Failed 1)", exact: true }).click();
    await untilRows(page, ["early"]);
    assert.equal(query(page).get("datetime"), "2020-05-01T10:00:00.000Z/2020-05-01T10:14:59.999999Z");
    await page.getByText("1 job by time of creation").waitFor();
    const chip = page.locator(".chip", { hasText: "Created: May 1, 2020, 12:00 – 12:15" });
    assert.ok(await chip.locator(".cut").evaluate((each) => each.scrollWidth <= each.clientWidth), "the chip is whole");
    await page.goBack();
    await untilRows(page, ["theirs", "late", "early"]);
    await page.getByText("3 jobs by time of creation").waitFor();
    await bars(page).last().focus();
    for (let i = 0; i < 6; i++)
        await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await untilRows(page, ["late"]);
    await page.locator(".chart [role=button]:focus").waitFor();
    await page.reload();
    await page.getByText("1 job by time of creation").waitFor();
    const toggle = page.getByRole("button", { name: "Chart", exact: true, expanded: true });
    assert.equal(await page.getByRole("group", { name: "Jobs by state" }).getByText("Chart").count(), 0,
        "it is none of what filters by state");
    await toggle.click();
    await page.locator(".chart").waitFor({ state: "hidden" });
    await close();
});

test("what is shown is what the other filters let through; a manager's are their own", async () => {
    const { page, close } = await open(`${old}&status=successful`, { language: "fr", scheme: "dark" });
    await page.getByRole("button", { name: "Graphique" }).click();
    await page.getByText("1 tâche par date de création · 1 mai 2020, 12:00 – 18:00").waitFor();
    await page.getByText("État actuel :").waitFor();
    await page.getByRole("button", { name: "1 mai 2020, 16:15 – 16:30 : 1 tâche (Succès 1)", exact: true }).waitFor();
    await expectAccessible(page);
    await close();
    const own = await open(old, { as: "manager" });
    await own.page.getByRole("button", { name: "Chart", exact: true }).click();
    await own.page.getByText("2 jobs by time of creation").waitFor();
    await own.close();
});

for (const width of [320, 2560])
    test(`${width} px wide, every bar can be met with a finger`, async () => {
        const { page, close } = await open("", { size: { width, height: 800 } });
        await page.getByRole("button", { name: "Chart", exact: true }).click();
        await page.getByText(/0 jobs by time of creation/).waitFor();
        const narrowest = await bars(page).evaluateAll((all) =>
            Math.min(...all.map((each) => each.getBoundingClientRect().width)));
        assert.ok(narrowest >= 24, `${narrowest} px`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        await expectAccessible(page);
        await close();
    });

test("its scale says how many a bar is, its axis when; each bar ends where its number is", async () => {
    const { page, close } = await open(old);
    await page.route("**/job-timeline*", async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        const none = { accepted: 0, running: 0, successful: 0, failed: 0, dismissed: 0 };
        body.steps[0].counts = { ...none, accepted: 1, running: 1, failed: 1, successful: 147 };
        body.steps[1].counts = { ...none, successful: 100 };
        await route.fulfill({ response, json: { ...body, uncountedTo: "2020-05-01T10:07:00.000000Z", boundedToNewest: 250 } });
    });
    await page.getByRole("button", { name: "Chart", exact: true }).click();
    await page.getByRole("button", { name: "May 1, 2020, 12:00 – 12:15: at least 150 jobs (Accepted 1, Running 1, Success 147, Failed 1)", exact: true }).waitFor();
    const seen = await page.locator(".chart").evaluate((chart) => ({
        words: [...chart.querySelectorAll(".chart-scales text")].map(({ textContent }) => textContent),
        lines: [...chart.querySelectorAll(".chart-scales line")].map((line) => line.getBoundingClientRect().top),
        tops: [...chart.querySelectorAll(".chart-bar")].slice(0, 2).map((bar) =>
            Math.min(...[...bar.querySelectorAll("rect:not(.chart-ground)")].map((part) => part.getBoundingClientRect().top))),
    }));
    assert.deepEqual(seen.words.slice(0, 4), ["100", "200", "May 1, 2020, 12:00", "12:45"]);
    assert.ok(Math.abs(seen.tops[1] - seen.lines[0]) < 1, "100 are at the line of 100");
    assert.ok(Math.abs(seen.tops[0] - (seen.lines[0] + seen.lines[1]) / 2) < 1, "150 are halfway to 200");
    await close();
});

test("a period over midnight names both days, one that goes on says so", async () => {
    const { page, close } = await open("?datetime=2020-05-01T20:00:00Z/2020-05-01T22:10:00Z", { language: "en-GB" });
    await page.getByRole("button", { name: "Chart", exact: true }).click();
    await page.getByText("0 jobs by time of creation · 1 May 2020, 22:00 – 2 May 2020, 00:10").waitFor();
    await page.locator(".chip", { hasText: "Created: 1 May 2020, 22:00 – 2 May 2020, 00:10" }).waitFor();
    await page.getByRole("button", { name: /^2 May 2020, 00:05\W+00:10: no jobs$/ }).waitFor();
    await page.getByRole("button", { name: "2 May 2020, 00:10: no jobs", exact: true }).waitFor();
    await page.goto(stage.page("?within=1h"));
    await page.getByRole("button", { name: /, so far: no jobs$/ }).waitFor();
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
    await page.getByText("only the newest 10,000: up to May 1, 2020, 13:07 not all are counted").waitFor();
    await page.getByRole("button", { name: "May 1, 2020, 12:00 – 12:15: not counted", exact: true }).waitFor();
    await expectAccessible(page);
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator(".chart").isVisible());
    const before = asked;
    await stage.emit({ created: true, job: "more", type: "Load", creator: stage.members.manager.id,
        "occurred-at": at(14, "30") });
    await until(() => asked > before, "it is asked again");
    await page.getByRole("button", { name: "May 1, 2020, 16:30 – 16:45: 1 job (Accepted 1)", exact: true }).waitFor();
    await close();
});

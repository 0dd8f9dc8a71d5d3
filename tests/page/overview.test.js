// SPDX-License-Identifier: Apache-2.0
// How many jobs are in each state: seen at once, followed live, pressed to see those alone; each
// member's own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, until, visit, withSession } from "./support/browser.js";
import { query, row, untilLive, untilRows } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage, mine;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(),
        Stage.begin({ settings: { "job.silent-after": "1h,Seed=1s" } })]);
    mine = { type: "Load", creator: stage.members.manager.id };
    await stage.emit(
        { created: true, job: "waits", ...mine },
        { created: true, job: "runs", ...mine }, { started: true, job: "runs" },
        { created: true, job: "theirs", type: "Load", creator: stage.members.colleague.id },
        { started: true, job: "theirs" },
        { created: true, job: "broke", ...mine }, { failed: true, job: "broke" },
        { created: true, job: "still", type: "Seed", creator: stage.members.colleague.id },
        { started: true, job: "still" });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

const open = async (as, wish = {}) => {
    const visitor = await visit(browser, stage, { as, ...wish });
    await untilLive(visitor.page);
    return visitor;
};
const chip = (page, state) => page.locator(`[data-state=${state}]`);
const untilCounts = async (page, expected) => {
    let seen;
    await until(async () => {
        seen = await page.locator("[data-state]:visible .count").allInnerTexts();
        return seen.join(" ") === expected;
    }, () => `the counts are ${expected}; they are ${seen}`);
};

test("all states are counted, and what wants a look; a press shows those alone, another one all", async () => {
    const { page, close } = await open("administrator");
    await untilCounts(page, "5 1 3 0 1 0 1");
    await page.getByRole("button", { name: "Running 3" }).click();
    await untilRows(page, ["still", "theirs", "runs"]);
    assert.equal(query(page).get("status"), "running");
    assert.equal(await chip(page, "running").getAttribute("aria-pressed"), "true");
    assert.equal(await chip(page, "all").getAttribute("aria-pressed"), "false");
    await page.locator(".total", { hasText: "3 of 3 jobs shown" }).waitFor();
    await page.getByRole("button", { name: "Failed 1" }).press("Enter");
    await untilRows(page, ["broke"]);
    await chip(page, "failed").press(" ");
    await page.locator(".total", { hasText: "5 of 5 jobs shown" }).waitFor();
    assert.equal(query(page).get("status"), null);
    await page.getByRole("button", { name: "silent 1" }).click();
    await untilRows(page, ["runs", "theirs", "still"]);
    assert.equal(query(page).get("sortby"), "updated");
    await expectAccessible(page);
    await close();
});

test("they follow, and so does the total beside the rows", async () => {
    const { page, close } = await open("administrator", { view: "?status=failed" });
    await untilCounts(page, "5 1 3 0 1 0 1");
    await stage.emit({ created: true, job: "late", ...mine }, { started: true, job: "late" },
        { failed: true, job: "late" });
    await untilCounts(page, "6 1 3 0 2 0 1");
    await page.locator(".total", { hasText: "1 of 2 shown · 1 more since the list was read" }).waitFor();
    await stage.emit({ started: true, job: "broke", attempt: 2 });
    await row(page, "broke").getByText("left this view").waitFor();
    await untilCounts(page, "6 1 4 0 1 0 1");
    await page.locator(".total", { hasText: "0 of 1 jobs shown · 1 row left this view · 1 more since the list was read" }).waitFor();
    await page.locator(".page-place", { hasText: /^Rows 1 to 1 · page 1 of 1$/ }).waitFor();
    await stage.emit({ failed: true, job: "broke", attempt: 2 });
    await close();
});

test("within the other filters, marked where not all was counted", async () => {
    const { page, close } = await open("administrator", { view: "?processID=Seed&status=running" });
    await untilCounts(page, "1 0 1 0 0 0 1");
    await page.route("**/job-counts*", async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...await response.json(), boundedToNewest: 10000 } });
    });
    await page.getByRole("searchbox").fill("e");
    await page.locator(".overview").getByText("among the newest 10,000").waitFor();
    await close();
});

test("counts that cannot be had are not shown", async () => {
    const { page, close } = await open("administrator", { mayComplain: [/503/] });
    await untilCounts(page, "6 1 3 0 2 0 1");
    await page.route("**/job-counts*", (route) => route.fulfill({ status: 503, body: "{}" }));
    await page.getByRole("button", { name: "Refresh" }).click();
    await untilCounts(page, "     ");
    await close();
});

test("a manager's are those of their own jobs, whatever they ask for; a user has none", async () => {
    const { page, close } = await open("manager", { language: "fr" });
    await untilCounts(page, "4 1 1 0 2 0");
    await page.getByRole("button", { name: "En cours 1" }).waitFor();
    const counted = (filter) => `async (session) => {
        const answer = await fetch(location.pathname + "/job-counts${filter}",
            { headers: { Authorization: "Bearer " + await session.token() } });
        return Object.values((await answer.json()).counts).join(" ");
    }`;
    assert.equal(await withSession(page, counted(`?creator=${stage.members.colleague.id}`)), "0 0 0 0 0");
    assert.equal(await withSession(page, counted("?processID=Seed")), "0 0 0 0 0");
    await expectAccessible(page);
    await close();
    const user = await visit(browser, stage, { as: "user" });
    assert.equal(await withSession(user.page, counted("")), "0 0 0 0 0");
    await user.close();
});

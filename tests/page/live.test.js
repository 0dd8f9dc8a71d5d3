// SPDX-License-Identifier: Apache-2.0
// The table while jobs go on: rows change in place, new ones are announced, and it never claims to
// be fresher than it is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startBrowser, until, visit } from "./support/browser.js";
import { ids, row, untilLive, untilRows } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage, mine;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    mine = { type: "Load", creator: stage.members.manager.id };
    await stage.emit(
        { created: true, job: "one", ...mine },
        { started: true, job: "one" },
        { created: true, job: "two", ...mine });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

const open = async (view = "", wish = {}) => {
    const visitor = await visit(browser, stage, { as: "manager", view, ...wish });
    await untilLive(visitor.page);
    return visitor;
};

test("a row changes in place: status, progress, message", async () => {
    const { page, close } = await open("?sortby=jobID");
    await untilRows(page, ["one", "two"]);
    assert.equal(await row(page, "one").locator(".bar.moving").count(), 1);
    const element = await row(page, "one").elementHandle();
    await stage.emit({ progressed: true, job: "one", progress: 42, message: "half of it" });
    await row(page, "one").getByText("42%").waitFor();
    await row(page, "one").getByText("half of it").waitFor();
    assert.equal(await page.evaluate((kept) => kept.isConnected, element), true, "the same row");
    await stage.emit({ failed: true, job: "one", "error-code": "E1" });
    await row(page, "one").getByText("Failed").waitFor();
    await row(page, "one").getByRole("button", { name: "Show the error of one" }).waitFor();
    await close();
});

test("a new job is announced, and shown when asked for", async () => {
    const { page, close } = await open();
    await untilRows(page, ["two", "one"]);
    await stage.emit({ created: true, job: "three", ...mine }, { started: true, job: "three" });
    const news = page.getByRole("button", { name: /1 new job/ });
    await news.waitFor();
    await page.locator("[role=status]", { hasText: "1 new job" }).waitFor({ state: "attached" });
    assert.deepEqual(await ids(page), ["two", "one"]);
    await news.click();
    await untilRows(page, ["three", "two", "one"]);
    assert.equal(await news.isVisible(), false);
    await close();
});

test("a row that leaves the filter stays where it is, as what it became, with a word", async () => {
    const { page, close } = await open("?status=accepted");
    await untilRows(page, ["two"]);
    await stage.emit({ started: true, job: "two" });
    await row(page, "two").getByText("left this view").waitFor();
    assert.match(await row(page, "two").getAttribute("class"), /left/);
    await row(page, "two").getByText("Running", { exact: true }).waitFor();
    await page.getByRole("button", { name: /1 left this view/ }).click();
    await page.getByText("No job matches").waitFor();
    await close();
});

test("an order that holds no longer is told, until the list is shown anew", async () => {
    await stage.emit({ created: true, job: "fast", ...mine }, { started: true, job: "fast" },
        { created: true, job: "slow", ...mine }, { progressed: true, job: "fast", progress: 10 },
        { progressed: true, job: "slow", progress: 20 });
    const { page, close } = await open("?q=s&sortby=progress"); // both have an s in their id
    await untilRows(page, ["fast", "slow"]);
    await stage.emit({ progressed: true, job: "fast", progress: 90 });
    await row(page, "fast").getByText("90%").waitFor();
    const news = page.getByRole("button", { name: /^1 out of order/ });
    await news.click();
    await untilRows(page, ["slow", "fast"]);
    await news.waitFor({ state: "hidden" });
    await close();
});

test("paused, nothing moves, and it says so; live again, it has what was missed", async () => {
    const { page, close } = await open("?sortby=jobID");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText(/^Paused · table as of \d\d:\d\d:\d\d$/).waitFor();
    await stage.emit({ progressed: true, job: "two", progress: 77 });
    await page.waitForTimeout(1500); // time for what must not happen
    assert.equal(await row(page, "two").getByText("77%").count(), 0);
    await page.getByRole("button", { name: "Go live" }).click();
    await row(page, "two").getByText("77%").waitFor();
    await untilLive(page);
    await close();
});

test("says as of when it is up to date, and goes on doing so", async () => {
    const { page, close } = await open();
    const words = () => page.locator(".fresh-text").innerText();
    const first = await words();
    assert.match(first, /^Up to date as of \d\d:\d\d:\d\d$/);
    await until(async () => (await words()) !== first && /^Up to date/.test(await words()), "later");
    await close();
});

test("the service goes and comes: it says so, and misses nothing", async () => {
    const { page, close } = await open("?sortby=jobID", { mayComplain: [/ERR_|Failed to load/] });
    await stage.stopServe();
    await page.getByText(/^Connection lost, reconnecting.* table as of \d\d:\d\d:\d\d$/).waitFor();
    assert.notDeepEqual(await ids(page), [], "what was known is still shown");
    const emitted = stage.ask("run", { arguments: ["emit", "--organization", stage.organization,
        "--progressed", "--job", "two", "--progress", "88"] });
    await emitted;
    await stage.startServe();
    await page.getByRole("button", { name: "Refresh" }).click();
    await row(page, "two").getByText("88%").waitFor();
    await untilLive(page);
    await stage.emit({ progressed: true, job: "two", progress: 89 });
    await row(page, "two").getByText("89%").waitFor();
    await close();
});

test("killed, it reconnects without anybody's doing", async () => {
    const { page, close } = await open("?sortby=jobID", { mayComplain: [/ERR_|Failed to load/] });
    await stage.killServe();
    await page.locator(".fresh-lost").waitFor();
    await stage.startServe();
    await untilLive(page);
    await stage.emit({ progressed: true, job: "two", progress: 95 });
    await row(page, "two").getByText("95%").waitFor();
    await close();
});

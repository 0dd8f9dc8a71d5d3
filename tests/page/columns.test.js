// SPDX-License-Identifier: Apache-2.0
// Columns moved and sized, by pointer and keyboard, kept in the browser and reset; whatever they are,
// each row's menu stays in sight.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, until, visit } from "./support/browser.js";
import { chooseOfColumn, query, untilLive } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    const mine = { created: true, type: "Load", creator: stage.members.manager.id };
    await stage.emit({ ...mine, job: "runs" }, { progressed: true, job: "runs", progress: 5, message: "long ".repeat(40) });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

const open = async (view = "?columns=processID,jobID,status,message,created", wish = {}) => {
    const visitor = await visit(browser, stage, { as: "manager", view, ...wish });
    await untilLive(visitor.page);
    return visitor;
};
const names = (page) => page.locator("thead .head-name").allInnerTexts();
const untilNames = (page, expected) => until(async () => (await names(page)).join() === expected, `the columns are ${expected}`);
const widthOf = (page, name) => page.locator(`.head-${name}`).evaluate((head) => head.offsetWidth);
const drag = async (page, place, byX) => {
    const { x, y, width, height } = await place.boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + byX / 2, y + height / 2, { steps: 4 });
    await page.locator(".dragging").waitFor();
    await page.mouse.move(x + width / 2 + byX, y + height / 2, { steps: 4 });
};

test("moved by the keyboard: the focus stays, the address has the order, the browser keeps it", async () => {
    const { page, close } = await open();
    await page.locator("[data-column-menu=status]").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("m");
    await page.keyboard.press("Enter");
    await untilNames(page, "Type,Status,Id,Message,Created");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.columnMenu), "status");
    assert.equal(query(page).get("columns"), "processID,status,jobID,message,created");
    await page.locator("[data-column-menu=created]").click();
    const item = page.getByRole("menuitem", { name: "Move right" });
    assert.equal(await item.getAttribute("aria-disabled"), "true");
    assert.match(await item.innerText(), /It is the last column/);
    await page.goto(stage.page());
    await untilNames(page, "Type,Status,Id,Message,Created");
    await chooseOfColumn(page, "status", "Choose columns…");
    await page.getByRole("checkbox", { name: "Progress" }).check();
    await untilNames(page, "Type,Status,Id,Message,Progress,Created");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Reset" }).click();
    await untilNames(page, "Type,Id,Status,Message,Progress,Created,Duration,Updated");
    await page.setViewportSize({ width: 1920, height: 700 });
    await untilNames(page, "Type,Id,Status,Message,Progress,Created,Start,End,Duration,Updated");
    await close();
});

for (const language of ["en", "fr"])
    test(`at first there are as many columns as leave room for messages, and no head or word is cut: ${language}`, async () => {
        const { page, close } = await open("", { language });
        for (const width of [1366, 1440, 2560]) {
            await page.setViewportSize({ width, height: 700 });
            await page.locator(".head-duration").waitFor();
            const seen = await page.evaluate(() => {
                const place = document.querySelector(".scroller");
                const rest = [...document.querySelectorAll(".head-name .cut, .cell-status .status-line, .cell-date, .cell-progress")];
                return { sideways: place.scrollWidth > place.clientWidth,
                    message: document.querySelector(".head-message").offsetWidth,
                    cut: rest.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent) };
            });
            assert.ok(!seen.sideways && seen.message >= 290 && !seen.cut.length, `${width}: ${JSON.stringify(seen)}`);
        }
        await page.setViewportSize({ width: 320, height: 700 });
        await page.locator(".head-started").waitFor({ state: "attached" });
        await close();
    });

test("columns and widths that somebody chose stay as they are in every window", async () => {
    const { page, context, close } = await open("");
    await context.addInitScript(() => localStorage.setItem("jobtrail.preferences", JSON.stringify({
        widths: { status: 200 }, columns: ["jobID", "status", "started", "finished"] })));
    await page.goto(stage.page());
    await untilLive(page);
    for (const width of [1024, 1440]) {
        await page.setViewportSize({ width, height: 700 });
        assert.deepEqual(await names(page), ["Id", "Status", "Start", "End"]);
        assert.equal(await widthOf(page, "status"), 200);
    }
    await close();
});

test("pulled to another place; Escape leaves it; nothing is sorted by it", async () => {
    const { page, close } = await open();
    await drag(page, page.locator("[data-sort=message]"), -2000);
    await page.mouse.up();
    await untilNames(page, "Message,Type,Id,Status,Created");
    await drag(page, page.locator("[data-sort=message]"), 3000);
    await page.keyboard.press("Escape");
    await page.mouse.up();
    await untilNames(page, "Message,Type,Id,Status,Created");
    assert.equal(query(page).get("sortby"), null);
    assert.equal(await page.locator(".drop-mark, .dragging").count(), 0);
    await close();
});

test("sized by pulling the edge of its head, kept, and back to its own by two presses", async () => {
    const { page, close } = await open();
    const before = await widthOf(page, "jobID");
    await drag(page, page.locator(".head-jobID .sizer"), 80);
    await page.mouse.up();
    await until(async () => await widthOf(page, "jobID") === before + 80, "it is wider");
    const status = await widthOf(page, "status");
    await page.reload();
    await untilLive(page);
    assert.deepEqual([await widthOf(page, "jobID"), await widthOf(page, "status")], [before + 80, status]);
    await page.locator(".head-jobID .sizer").dblclick();
    await until(async () => await widthOf(page, "jobID") === before, "as it was");
    await close();
});

test("sized by keys, within bounds; the row's menu stays in sight", async () => {
    const { page, close } = await open();
    const before = await widthOf(page, "status");
    await chooseOfColumn(page, "status", "Set width…");
    const edge = page.getByRole("separator", { name: "Width of Status" });
    await edge.waitFor();
    await expectAccessible(page);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    assert.equal(await widthOf(page, "status"), before + 48);
    assert.equal(await edge.getAttribute("aria-valuenow"), String(before + 48));
    await page.keyboard.press("End");
    assert.equal(await widthOf(page, "status"), 900);
    await page.keyboard.press("Home");
    assert.equal(await widthOf(page, "status"), 60);
    await page.keyboard.press("Delete");
    assert.equal(await widthOf(page, "status"), before);
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.columnMenu), "status");
    await close();
});

test("columns that are all sized are as wide as they are told", async () => {
    const { page, close } = await open("?columns=jobID,status", { size: { width: 1920, height: 700 } });
    for (const name of ["jobID", "status"]) {
        await chooseOfColumn(page, name, "Set width…");
        await page.getByRole("separator").waitFor();
        for (const key of ["Home", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    }
    assert.deepEqual([await widthOf(page, "jobID"), await widthOf(page, "status")], [68, 68]);
    await close();
});

for (const language of ["en", "fr"])
    test(`whatever the widths, each row's menu is in sight in every width, ${language}`, async () => {
        const { page, context, close } = await open("", { language });
        await context.addInitScript(() => localStorage.setItem("jobtrail.preferences", JSON.stringify({
            dates: "absolute", widths: { jobID: 9000, status: 400, message: 700, created: 61, updated: "x", progress: -1 },
            columns: ["updated", "message", "jobID", "jobID", "none", "status", "created"] })));
        await page.reload();
        await untilLive(page);
        assert.equal((await names(page)).length, 5);
        for (const width of [320, 640, 719, 720, 1024, 1440, 2560]) {
            await page.setViewportSize({ width, height: 700 });
            const seen = await page.evaluate(() => {
                const root = document.documentElement;
                const { left, right } = document.querySelector("tbody [data-focus=menu]").getBoundingClientRect();
                return { sideways: root.scrollWidth > root.clientWidth, left, right, most: root.clientWidth };
            });
            assert.ok(!seen.sideways && seen.left >= 0 && seen.right > seen.left && seen.right <= seen.most,
                `${width}: ${JSON.stringify(seen)}`);
        }
        await page.setViewportSize({ width: 320, height: 700 });
        await page.locator("[data-column-menu=status]").click();
        assert.equal(await page.getByRole("menuitem", { name: /^(Set width|Régler la largeur)/ }).getAttribute("aria-disabled"), "true");
        await expectAccessible(page);
        await close();
    });

test("of one's own jobs the creator is called by name, of others' by their id", async () => {
    const { id, name } = stage.members.manager;
    const mine = await open("?columns=jobID,creator");
    const cell = mine.page.getByText(`${name} (you)`, { exact: true });
    assert.equal(await cell.getAttribute("title"), id);
    await mine.close();
    const other = await open("?columns=jobID,creator", { as: "administrator" });
    await other.page.locator(".cell-creator").getByText(id, { exact: true }).waitFor();
    await other.close();
});

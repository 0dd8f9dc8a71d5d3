// SPDX-License-Identifier: Apache-2.0
// The habits of the table: order, filters, columns, pages, search; and that the address has it all.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startBrowser, until, visit } from "./support/browser.js";
import { chooseOfColumn, chooseOfRow, ids, query, row, untilLive, untilRows } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    await stage.run("emit", "--simulate", 60, "--rate", 0, "--organizations", 1, "--members", 4);
    const { administrator, manager } = stage.members;
    const at = (minute) => `2020-05-01T10:0${minute}:00Z`;
    await stage.emit(
        { created: true, job: "old-a", type: "Alpha", creator: administrator.id, "occurred-at": at(1) },
        { failed: true, job: "old-a", message: "alpha broke", "error-code": "E1", "occurred-at": at(4) },
        { created: true, job: "old-b", type: "Beta", creator: manager.id, "occurred-at": at(2) },
        { progressed: true, job: "old-b", progress: 40, message: "needle in here", "occurred-at": at(3) },
        { created: true, job: "old-c", type: "Alpha", creator: manager.id, "occurred-at": at(3) });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

const old = "?datetime=2020-01-01T00:00:00Z/2021-01-01T00:00:00Z";
const open = async (view = "", wish = {}) => {
    const visitor = await visit(browser, stage, { as: "administrator", view, ...wish });
    await untilLive(visitor.page);
    return visitor;
};

test("newest first, with what each column is for", async () => {
    const { page, close } = await open(old, { size: { width: 1920, height: 800 } });
    await untilRows(page, ["old-c", "old-b", "old-a"]);
    assert.deepEqual(await page.getByRole("columnheader").evaluateAll(
        (heads) => heads.map((head) => head.querySelector(".head-name, .unseen").textContent)),
    ["Choose", "Type", "Id", "Status", "Message", "Progress", "Created", "Start", "End", "Duration", "Updated",
        "Actions"]);
    const failed = row(page, "old-a");
    assert.deepEqual(await failed.getByRole("cell").allInnerTexts().then((all) => all.slice(1, 4)),
        ["Alpha", "Failed", "alpha broke"]);
    assert.equal(await row(page, "old-b").locator(".number").innerText(), "40%");
    const time = failed.locator("time").first();
    assert.match(await time.innerText(), /^\d+ (yr|y)/);
    assert.match(await time.getAttribute("title"), /1,? 2020.*12:01:00/); // in Paris
    assert.match(await page.locator(".total").innerText(), /^3 of 3 jobs shown$/);
    await close();
});

test("a press on a head sorts, another turns it round; the mark and the address follow", async () => {
    const { page, close } = await open(old);
    await page.locator("[data-sort=jobID]").click();
    await untilRows(page, ["old-a", "old-b", "old-c"]);
    const head = page.getByRole("columnheader", { name: "Id", exact: true });
    assert.equal(await head.getAttribute("aria-sort"), "ascending");
    await page.locator("[data-sort=jobID]").click();
    await untilRows(page, ["old-c", "old-b", "old-a"]);
    assert.equal(await head.getAttribute("aria-sort"), "descending");
    assert.equal(query(page).get("sortby"), "-jobID");
    await page.goBack();
    await untilRows(page, ["old-a", "old-b", "old-c"]);
    await close();
});

const orders = { processID: "acb", jobID: "abc", status: "cba", message: "cab", progress: "acb",
    created: "abc", started: "abc", finished: "abc", updated: "bca" };
for (const [column, order] of Object.entries(orders))
    test(`sorts by ${column} either way`, async () => {
        const ascending = [...order].map((letter) => `old-${letter}`);
        const { page, close } = await open(old, { size: { width: 1920, height: 800 } });
        await chooseOfColumn(page, column, "Sort ascending");
        await untilRows(page, ascending);
        assert.equal(query(page).get("sortby"), column);
        await chooseOfColumn(page, column, "Sort descending");
        await untilRows(page, ascending.toReversed());
        await close();
    });

test("filters by status: a mark, a chip, the address; the chip takes it off", async () => {
    const { page, close } = await open(old);
    await chooseOfColumn(page, "status", "Filter…");
    await page.getByRole("checkbox", { name: "Failed" }).check();
    await page.getByRole("button", { name: "Apply" }).click();
    await untilRows(page, ["old-a"]);
    assert.equal(query(page).get("status"), "failed");
    await page.locator(".head-status .filter-mark").waitFor();
    await page.getByRole("button", { name: "Remove filter: Status: Failed" }).click();
    await untilRows(page, ["old-c", "old-b", "old-a"]);
    assert.equal(await page.locator(".head-status .filter-mark").count(), 0);
    await close();
});

test("filters by the types that there are", async () => {
    const { page, close } = await open(old);
    await chooseOfColumn(page, "processID", "Filter…");
    await page.getByRole("checkbox", { name: "Alpha" }).check();
    await page.getByRole("button", { name: "Apply" }).click();
    await untilRows(page, ["old-c", "old-a"]);
    await chooseOfColumn(page, "processID", "Clear filter");
    await untilRows(page, ["old-c", "old-b", "old-a"]);
    await close();
});

test("filters by the time of creation, in the viewer's zone", async () => {
    const { page, close } = await open();
    await chooseOfColumn(page, "created", "Filter…");
    await page.getByLabel("From").fill("2020-05-01T12:02");
    await page.getByLabel("To", { exact: true }).fill("2020-05-01T11:00");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("The end lies before the beginning").waitFor();
    await page.getByLabel("To", { exact: true }).fill("2020-05-01T12:03");
    await page.getByRole("button", { name: "Apply" }).click();
    await untilRows(page, ["old-c", "old-b"]);
    assert.equal(query(page).get("datetime"), "2020-05-01T10:02:00Z/2020-05-01T10:03:00Z");
    await close();
});

test("only mine, and search; what is looked through is said", async () => {
    const { page, close } = await open(old);
    await page.getByRole("button", { name: "Only mine" }).click();
    await untilRows(page, ["old-a"]);
    await page.getByRole("button", { name: "Only mine" }).click();
    await page.getByRole("searchbox").fill("NEEDLE");
    await untilRows(page, ["old-b"]);
    assert.equal(query(page).get("q"), "NEEDLE");
    await page.getByRole("searchbox").fill("no such thing");
    await page.getByText("No job matches").waitFor();
    await page.getByRole("button", { name: "Clear all filters" }).click();
    await until(async () => (await ids(page)).length === 25, "all jobs again");
    assert.equal(query(page).size, 0);
    await close();
});

test("hides a column, shows it again; the browser remembers, and the address says it", async () => {
    const { page, context, close } = await open(old);
    await chooseOfColumn(page, "message", "Hide column");
    assert.equal(await page.locator(".head-message").count(), 0);
    assert.equal(query(page).get("columns").includes("message"), false);
    await page.goto(stage.page(old));
    await untilLive(page);
    assert.equal(await page.locator(".head-message").count(), 0);
    const kept = await context.storageState();
    assert.deepEqual(kept.origins.flatMap(({ localStorage }) => localStorage.map(({ name }) => name)),
        ["jobtrail.preferences"]);
    await chooseOfColumn(page, "status", "Choose columns…");
    await page.getByRole("checkbox", { name: "Message" }).check();
    await page.locator(".head-message").waitFor();
    await close();
});

test("25, 50, 100 rows, and through the pages and back", async () => {
    const { page, close } = await open("?sortby=jobID");
    const first = await ids(page);
    assert.equal(first.length, 25);
    assert.match(await page.locator(".total").innerText(), /^25 of \d+ jobs shown$/);
    await page.getByRole("button", { name: "Next page" }).click();
    await until(async () => (await ids(page))[0] > first[24], "the second page");
    const second = await ids(page);
    await page.reload();
    await untilRows(page, second);
    await page.getByRole("button", { name: "Previous page" }).click();
    await untilRows(page, first);
    await page.getByLabel("Rows per page").selectOption("50");
    await until(async () => (await ids(page)).length === 50, "fifty rows");
    await page.goto(stage.page());
    await until(async () => (await ids(page)).length === 50, "fifty rows are remembered");
    await close();
});

test("which rows a page has, and which page it is, also of one that was linked", async () => {
    const { page, close } = await open("?limit=25");
    const place = (words) => page.locator(".page-place", { hasText: words }).waitFor();
    await place(/^Rows 1 to 25 · page 1 of 3$/);
    await page.getByRole("button", { name: "Next page" }).click();
    await place(/^Rows 26 to 50 · page 2 of 3$/);
    await page.reload();
    await place(/^Rows 26 to 50 · page 2 of 3$/);
    await page.getByRole("button", { name: "Next page" }).click();
    await place(/^Rows 51 to 63 · page 3 of 3$/);
    await page.getByRole("button", { name: "Previous page" }).click();
    await place(/^Rows 26 to 50 · page 2 of 3$/);
    await page.goto(stage.page("?limit=25&sortby=progress"));
    await place(/^Rows 1 to 25 · page 1 of 3$/);
    await page.getByRole("button", { name: "Next page" }).click();
    await until(async () => !await page.locator(".page-place").innerText(), "in this order it is not known");
    await close();
});

test("a view can be sent to somebody, who sees the same rows in their own language", async () => {
    const { page, close } = await open(`${old}&status=failed,accepted&sortby=jobID&columns=jobID,status`,
        { language: "fr" });
    await untilRows(page, ["old-a", "old-c"]);
    assert.deepEqual(await page.locator(".head-name").allInnerTexts(), ["Id", "État"]);
    await page.getByRole("button", { name: /Retirer le filtre : État : Acceptée, Échec/ }).waitFor();
    await close();
});

test("nonsense in the address is left out, and what the service refuses can be left", async () => {
    const { page, close } = await visit(browser, stage, { as: "administrator",
        view: "?status=x&sortby=y&limit=3&cursor=nonsense_nonsense_nonsense", mayComplain: [/400/] });
    await page.getByText("The address asks for something that does not exist (parameter cursor).").waitFor();
    await page.getByRole("button", { name: "Reset the view" }).click();
    await until(async () => (await ids(page)).length === 25, "the usual view");
    await close();
});

test("copies an id", async () => {
    const { page, context, close } = await open(old);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await chooseOfRow(page, "old-b", "Copy id");
    await page.locator(".notice", { hasText: /^Id of .*old-b copied$/ }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "old-b");
    await close();
});

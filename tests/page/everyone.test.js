// SPDX-License-Identifier: Apache-2.0
// For everyone: each role, both languages, light and dark, narrow windows, the keyboard alone; and
// axe has nothing to say in any state.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, until, visit } from "./support/browser.js";
import { ids, query, row, untilLive, untilRows } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    const mine = { created: true, type: "Load", creator: stage.members.manager.id };
    await stage.emit(
        { ...mine, job: "a-running" }, { progressed: true, job: "a-running", progress: 30, message: "thirty" },
        { ...mine, job: "b-failed" }, { failed: true, job: "b-failed", "error-code": "E1", "error-detail": "why" },
        { ...mine, job: "c-colleagues", creator: stage.members.colleague.id });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

const open = async (as, wish = {}) => {
    const visitor = await visit(browser, stage, { as, view: "?sortby=jobID", ...wish });
    await untilLive(visitor.page);
    return visitor;
};

test("an administrator sees all, a manager their own", async () => {
    for (const [who, expected] of [["administrator", ["a-running", "b-failed", "c-colleagues"]],
        ["manager", ["a-running", "b-failed"]], ["colleague", ["c-colleagues"]]]) {
        const { page, close } = await open(who);
        await untilRows(page, expected);
        assert.equal(await page.getByRole("button", { name: "Only mine" }).isVisible(), who === "administrator");
        await close();
    }
});

test("a user is told why there is nothing, in either language, and can sign out", async () => {
    for (const [language, title] of [["en", "There are no jobs to see for you here"],
        ["fr", "Il n’y a pas de tâches à voir pour vous ici"]]) {
        const { page, close } = await visit(browser, stage, { as: "user", language });
        await page.getByRole("heading", { name: title }).waitFor();
        assert.equal(await page.locator("table").count(), 0);
        await expectAccessible(page);
        await close();
    }
    const { page, close } = await visit(browser, stage, { as: "user" });
    await page.locator("[data-name=member]").click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).first().waitFor();
    await close();
});

test("a stranger is asked to sign in, and comes back to the view", async () => {
    const { page, close } = await visit(browser, stage, { view: "?status=failed" });
    await page.getByRole("heading", { name: "See what became of your jobs" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: stage.members.manager.name }).click();
    await untilRows(page, ["b-failed"]);
    await close();
});

test("the language and the theme are the browser's until they are chosen, then remembered", async () => {
    const { page, close } = await open("manager", { language: "fr-CA", scheme: "dark" });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await page.evaluate(() => document.documentElement.lang), "fr");
    await row(page, "b-failed").getByText("Échec").waitFor();
    const dark = await ground();
    await page.getByRole("button", { name: "Réglages" }).click();
    await page.getByRole("menuitemradio", { name: "English" }).click();
    await row(page, "b-failed").getByText("Failed", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("menuitemradio", { name: "Light" }).click();
    await until(async () => await ground() !== dark, "the ground is light");
    await page.reload();
    await row(page, "b-failed").getByText("Failed", { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
    await close();
});

test("dates are exact by choice, in the viewer's zone", async () => {
    const { page, close } = await open("manager", { language: "fr" });
    await page.getByRole("button", { name: "Réglages" }).click();
    await page.getByRole("menuitemradio", { name: "Absolues" }).click();
    await until(async () => /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/.test(
        await row(page, "a-running").locator("time").first().innerText()), "an exact date");
    await close();
});

test("everything by the keyboard alone", async () => {
    const { page, close } = await open("manager");
    const key = (...keys) => keys.reduce((before, each) =>
        before.then(() => page.keyboard.press(each)), Promise.resolve());
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
    await key("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await key("Escape", "j");
    assert.equal(await focused(), "a-running");
    await key("ArrowDown");
    assert.equal(await focused(), "b-failed");
    await key("e");
    await page.getByRole("dialog", { name: "What went wrong" }).waitFor();
    await key("Escape");
    await until(async () => await focused() === "b-failed", "the focus is back");
    await key("k", "Enter");
    await page.getByRole("dialog", { name: "Job details" }).waitFor();
    await key("Escape");
    await until(async () => await focused() === "a-running", "the focus is back");
    await key("m", "End");
    assert.match(await focused(), /^Cancel…/);
    await key("Enter");
    await page.getByRole("dialog", { name: "Cancel this job?" }).waitFor();
    assert.equal(await focused(), "Keep it running");
    await key("Enter", "/");
    await page.keyboard.type("thirty");
    await untilRows(page, ["a-running"]);
    await key("Escape");
    await untilRows(page, ["a-running", "b-failed"]);
    await key("Escape", "p");
    await page.locator(".fresh-paused").waitFor();
    await key("p");
    await untilLive(page);
    await close();
});

test("a column's menu by the keyboard; the focus comes back to where it was", async () => {
    const { page, close } = await open("manager");
    await page.locator("[data-column-menu=status]").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("f");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Filter by Status" }).waitFor();
    await page.getByRole("checkbox", { name: "Accepted" }).waitFor();
    for (const each of ["Tab", "Tab", "Tab", "Space", "Enter"]) await page.keyboard.press(each);
    await untilRows(page, ["b-failed"]);
    assert.equal(query(page).get("status"), "failed");
    await close();
});

test("shortcuts can be done without, and none works while something is typed", async () => {
    const { page, close } = await open("manager");
    await page.getByRole("searchbox").focus();
    await page.keyboard.type("p?");
    assert.equal(await page.locator(".fresh-paused, dialog").count(), 0);
    await page.getByRole("searchbox").fill("");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
    await page.getByRole("checkbox", { name: "Shortcuts of a single key" }).uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press("p");
    await untilLive(page);
    await close();
});

for (const language of ["en", "fr"])
    test(`one scrollbar at most, and each row's menu in sight, in every width, ${language}`, async () => {
        const { page, close } = await open("administrator", { language });
        await page.locator("[data-name=settings]").click();
        await page.getByRole("menuitemradio", { name: /^Absol/ }).click();
        for (const width of [320, 640, 960, 1024, 1100, 1280, 1366, 1440, 1920, 2560]) {
            await page.setViewportSize({ width, height: 700 });
            const seen = await page.evaluate(() => {
                const root = document.documentElement;
                const menu = document.querySelector("tr[data-id=a-running] [data-focus=menu]").getBoundingClientRect();
                const scroll = (each) => each.scrollHeight > each.clientHeight;
                return { sideways: root.scrollWidth > root.clientWidth,
                    bars: [root, document.querySelector(".scroller")].filter(scroll).length,
                    isInSight: menu.width > 0 && menu.left >= 0 && menu.right <= root.clientWidth };
            });
            assert.ok(seen.bars <= 1 && !seen.sideways && seen.isInSight, `${width}: ${JSON.stringify(seen)}`);
        }
        await close();
    });

test("320 px are enough: nothing is cut off sideways, all is to be reached", async () => {
    const { page, close } = await open("administrator", { size: { width: 320, height: 640 } });
    assert.equal((await ids(page)).length, 3);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
    await row(page, "b-failed").getByRole("button", { name: /Actions/ }).click();
    await page.getByRole("menuitem", { name: "Details" }).click();
    await page.getByRole("dialog").getByText("History").waitFor();
    await expectAccessible(page);
    await close();
});

for (const scheme of ["light", "dark"])
    test(`axe finds nothing wrong in any state, ${scheme}`, async () => {
        const { page, close } = await open("administrator", { scheme, mayComplain: [/503|Failed to load/] });
        await expectAccessible(page);
        for (const press of ["[data-column-menu=created]", "[data-name=settings]", "[data-name=member]",
            "tr[data-id=c-colleagues] [data-focus=menu]"]) {
            await page.locator(press).click();
            await page.getByRole("menu").waitFor();
            await expectAccessible(page);
            await page.keyboard.press("Escape");
        }
        for (const [view, seen] of [["?job=b-failed", ".timeline"], ["?q=nothing", ".state"]]) {
            await page.goto(stage.page(view));
            await page.locator(seen).first().waitFor();
            await expectAccessible(page);
        }
        await page.goto(stage.page());
        await untilLive(page);
        for (const open of [
            () => page.keyboard.press("?"),
            () => row(page, "a-running").getByRole("button", { name: /Actions/ }).click()
                .then(() => page.getByRole("menuitem", { name: "Details" }).click()),
            () => row(page, "b-failed").getByRole("button", { name: "Show the error of b-failed" }).click(),
        ]) {
            await open();
            await page.getByRole("dialog").waitFor();
            await expectAccessible(page);
            await page.keyboard.press("Escape");
        }
        await page.getByRole("button", { name: "Pause" }).click();
        await page.locator(".fresh-paused").waitFor();
        await expectAccessible(page);
        await page.route("**/jobs?*", (route) => route.fulfill({ status: 503, body: "" }));
        await page.reload();
        await page.locator(".fresh-lost, .state").first().waitFor();
        await expectAccessible(page);
        await close();
    });

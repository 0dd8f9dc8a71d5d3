// SPDX-License-Identifier: Apache-2.0
// Views that were saved in the browser: named, opened, renamed, deleted, sent as an address; and what
// the browser does not keep is told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, visit } from "./support/browser.js";
import { query, untilLive, untilRows } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    const mine = { created: true, type: "Load", creator: stage.members.manager.id };
    await stage.emit({ ...mine, job: "runs" }, { started: true, job: "runs" }, { ...mine, job: "broke" },
        { failed: true, job: "broke" });
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
const openMenu = async (page) => {
    await page.locator("[data-name=views]").click();
    await page.getByRole("menu").waitFor();
};
const choose = async (page, name) => {
    await openMenu(page);
    await page.getByRole("menuitem", { name }).or(page.getByRole("menuitemradio", { name })).click();
};
const save = async (page, name) => {
    await choose(page, /^Save (this|as a new) view…$/);
    await page.getByLabel("Name").fill(name);
    await page.keyboard.press("Enter");
};
const keep = (page, kept) => page.evaluate(([name, value]) => localStorage.setItem(name, value),
    [`jobtrail.views.${stage.organization}`, JSON.stringify(kept)]);

test("saved under a name, it opens as it was: filters, order, rows, columns; and by the keyboard", async () => {
    const { page, close } = await open("?status=failed&sortby=jobID&limit=50&columns=jobID,status");
    await save(page, "What broke");
    await page.locator(".notice", { hasText: "What broke saved" }).waitFor();
    await page.goto(stage.page());
    await untilRows(page, ["broke", "runs"]);
    await page.locator("[data-name=views]").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitemradio", { name: "What broke" }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Enter");
    await untilRows(page, ["broke"]);
    assert.deepEqual(["status", "sortby", "limit", "columns"].map((name) => query(page).get(name)),
        ["failed", "jobID", "50", "jobID,status"]);
    await openMenu(page);
    assert.equal(await page.getByRole("menuitemradio", { name: "What broke" }).getAttribute("aria-checked"), "true");
    await close();
});

for (const [language, size, words] of [
    ["en", { width: 1366, height: 700 }, { saved: "View: What broke", changed: "View: What broke, changed", none: "Views",
        update: "Save the changes to What broke", another: "Save as a new view…", manage: "Rename, share, delete…" }],
    ["fr", { width: 320, height: 640 }, { saved: "Vue : What broke", changed: "Vue : What broke, modifiée", none: "Vues",
        update: "Enregistrer les modifications de What broke", another: "Enregistrer comme nouvelle vue…", manage: "Renommer, partager, supprimer…" }],
])
    test(`the one that is open is named, also where it was changed; that can be kept: ${language}, ${size.width} px`, async () => {
        const { page, close } = await open("", { language, size });
        const button = (name) => page.getByRole("button", { name, exact: true });
        await button(words.none).waitFor();
        await keep(page, { views: [{ name: "What broke", address: "?status=failed&limit=25&columns=jobID,status" },
            { name: "other", address: "?status=running" }] });
        await choose(page, "What broke");
        await untilRows(page, ["broke"]);
        await button(words.saved).waitFor();
        await expectAccessible(page);
        const all = page.locator("[data-state=all]");
        await all.click();
        await button(words.changed).waitFor();
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        await page.goBack();
        await button(words.saved).waitFor();
        await page.goForward();
        await button(words.changed).press("Enter");
        assert.equal(await page.locator("[role=menuitemradio][aria-checked=true]").count(), 0);
        await page.getByRole("menuitem", { name: words.another }).waitFor();
        await expectAccessible(page);
        await page.getByRole("menuitem", { name: words.update }).press("Enter");
        await button(words.saved).waitFor();
        await choose(page, words.manage);
        await page.getByRole("dialog").locator("input").first().fill("All");
        await page.keyboard.press("Tab");
        await page.keyboard.press("Escape");
        await button(words.saved.replace("What broke", "All")).waitFor();
        await page.goto(stage.page("?columns=jobID,status"));
        await untilLive(page);
        await button(words.saved.replace("What broke", "All")).waitFor(); // it shows the same
        await page.goto(stage.page());
        await untilLive(page);
        await button(words.none).waitFor();
        await page.goto(stage.page("?status=running"));
        await untilLive(page);
        await button(words.saved.replace("What broke", "other")).waitFor();
        await close();
    });

test("the same name is replaced when that is wished; renamed, sent, deleted, put back", async () => {
    const { page, context, close } = await open("?status=failed");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await save(page, "one");
    await save(page, "two");
    await save(page, "one");
    await page.getByText("There is a view of that name").waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Replace it" }).click();
    await choose(page, "Rename, share, delete…");
    const dialog = page.getByRole("dialog", { name: "Saved views" });
    await dialog.getByLabel("Name of one").fill("two");
    await page.keyboard.press("Tab");
    await dialog.getByText("nothing was renamed").waitFor();
    await dialog.getByLabel("Name of one").fill("first");
    await page.keyboard.press("Tab");
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Copy link" }).first().click();
    await page.locator(".notice", { hasText: "Link copied" }).waitFor();
    const address = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(address, /\?status=failed&limit=25&columns=processID,/);
    await dialog.getByRole("button", { name: "Delete" }).first().click();
    await dialog.getByRole("button", { name: "Put back" }).click();
    await dialog.getByRole("button", { name: "Delete" }).last().click();
    await page.keyboard.press("Escape");
    await openMenu(page);
    assert.equal(await page.getByRole("menuitemradio").count(), 1);
    await close();
    const another = await open(new URL(address).search);
    await untilRows(another.page, ["broke"]);
    await another.close();
});

test("one of an older version opens; what it had that does not exist any more is told", async () => {
    const { page, close } = await open("", { size: { width: 320, height: 640 } });
    await keep(page, { views: [{ name: "old", address: "?status=failed,exploded&columns=jobID,colour&order=x" },
        { name: "same", address: "?status=failed&sortby=-created" }, { what: "newer" }], more: 1 });
    await choose(page, "old");
    await untilRows(page, ["broke"]);
    await page.locator(".notice", { hasText: "does not exist any more" }).waitFor();
    await save(page, "new");
    const kept = await page.evaluate((name) => JSON.parse(localStorage.getItem(name)), `jobtrail.views.${stage.organization}`);
    assert.deepEqual([kept.more, kept.views.map(({ name }) => name)], [1, ["old", "same", undefined, "new"]],
        "what a newer version keeps is still there");
    await close();
});

test("storage that is full is told, and nothing is claimed", async () => {
    const { page, close } = await open();
    await page.evaluate(() => {
        for (let size = 1 << 20; size; size >>= 1)
            try {
                for (let i = 0; ; i++) localStorage.setItem(`full-${size}-${i}`, "x".repeat(size));
            } catch { /* so much less */ }
    });
    await save(page, "none");
    await page.getByText("Nothing was kept: this browser’s storage for the page is full").waitFor();
    await page.keyboard.press("Escape");
    await openMenu(page);
    assert.equal(await page.getByRole("menuitemradio").count(), 0);
    await close();
});

test("a browser that keeps nothing says so; a menu of many fits", async () => {
    const { page, context, close } = await open("", { size: { width: 320, height: 500 }, language: "fr" });
    await keep(page, { views: Array.from({ length: 50 }, (_, i) => ({ name: `${i} ${"long".repeat(14)}`, address: "?status=failed" })) });
    await openMenu(page);
    await expectAccessible(page);
    const { right, bottom } = await page.getByRole("menu").evaluate((menu) => menu.getBoundingClientRect());
    assert.ok(right <= 320 && bottom <= 500);
    await page.getByRole("menuitem", { name: "Enregistrer cette vue…" }).click();
    await page.getByLabel("Nom").fill("de trop");
    await page.keyboard.press("Enter");
    await page.getByText("50 vues au plus").waitFor();
    await context.addInitScript(() => Object.defineProperty(window, "localStorage",
        { get() { throw new DOMException("no", "SecurityError"); } }));
    await page.reload();
    await untilLive(page);
    await openMenu(page);
    assert.equal(await page.getByRole("menuitem", { name: /Enregistrer/ }).getAttribute("aria-disabled"), "true");
    await page.getByText("Ce navigateur ne laisse la page rien conserver").waitFor();
    await close();
});

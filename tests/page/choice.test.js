// SPDX-License-Identifier: Apache-2.0
// Several own jobs chosen and cancelled together: by pointer and keyboard, each by the one gate, and of
// each is told what came of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, until, visit } from "./support/browser.js";
import { row, untilLive, untilRows } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage, mine;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    mine = { created: true, type: "Zoom", creator: stage.members.manager.id }; // searched for by letters that it lacks
    await stage.emit(...["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "d1", "d2", "e1", "e2", "f1", "f2", "g1", "g2",
        "h1", "h2", "i1", "i2", "i3"]
        .map((job) => ({ ...mine, job })),
    { ...mine, job: "a4", "not-cancellable": true },
    { ...mine, job: "a5", creator: stage.members.colleague.id });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

/** The jobs whose id begins with a letter, in their order. */
const open = async (letter, wish = {}) => {
    const visitor = await visit(browser, stage, { as: "manager", view: `?q=${letter}&sortby=jobID`, ...wish });
    await untilLive(visitor.page);
    return visitor;
};
const box = (page, id) => row(page, id).getByRole("checkbox");
const bar = (page, words) => page.locator(".choice-bar", { hasText: words });
const outcome = (page, id, words) => page.locator(`[data-asked=${id}]`, { hasText: words }).waitFor();
const requestsFor = (letter) => stage.sql("SELECT job_id, decision, reason, request_id FROM jobtrail.cancellation" +
    ` WHERE job_id LIKE '${letter}%' ORDER BY job_id`);
const askFor = async (page, count) => {
    await page.getByRole("button", { name: "Cancel them…" }).click();
    await page.getByRole("dialog", { name: `Cancel ${count} jobs?` }).waitFor();
};
const confirm = (page) => page.getByRole("dialog").getByRole("button", { name: /^Cancel \d jobs?$/ }).click();

test("by the keyboard: space, a range, one confirmation that names them, one reason, each asked and told of", async () => {
    const { page, close } = await open("a", { language: "en" });
    await untilRows(page, ["a1", "a2", "a3", "a4"]);
    await page.keyboard.press("j");
    await page.keyboard.press("Space");
    await bar(page, "1 job chosen").waitFor();
    await expectAccessible(page);
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "Space"]) await page.keyboard.press(key);
    await page.locator(".notice", { hasText: "Its service does not allow it to be cancelled" }).waitFor();
    await page.keyboard.press("Shift+Space");
    await bar(page, "1 job chosen").waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Shift+Space");
    await bar(page, "3 jobs chosen").waitFor();
    assert.equal(await box(page, "a4").count(), 0);
    await page.keyboard.press("c");
    await page.getByRole("dialog", { name: "Cancel 3 jobs?" }).waitFor();
    const dialog = page.getByRole("dialog");
    assert.deepEqual(await dialog.locator(".many .id").allInnerTexts(), ["a1", "a2", "a3"]);
    await dialog.getByLabel("Reason (optional)").fill("wrong data set");
    await expectAccessible(page);
    await page.keyboard.press("Enter");
    for (const id of ["a1", "a2", "a3"]) await outcome(page, id, "asked to stop");
    await dialog.getByText("3 asked to stop").waitFor();
    await page.getByRole("dialog", { name: "What came of 3 jobs" }).waitFor();
    assert.deepEqual((await requestsFor("a")).map(({ job_id: id, decision, reason }) => [id, decision, reason]),
        ["a1", "a2", "a3"].map((id) => [id, "granted", "wrong data set"]));
    await stage.emit({ cancelled: true, job: "a1" }, { succeeded: true, job: "a2" });
    await outcome(page, "a1", "Cancelled");
    await outcome(page, "a2", "Success");
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    assert.equal(await page.locator(".choice-bar").isVisible(), false, "what was asked is chosen no more");
    await row(page, "a3").getByText("Cancelling…").waitFor();
    await close();
});

test("by the pointer: a click with Shift is a range, the head's box all; the choice lives through changes, and ends with a job", async () => {
    const { page, close } = await open("b");
    await box(page, "b1").click();
    await box(page, "b3").click({ modifiers: ["Shift"] });
    await bar(page, "3 jobs chosen").waitFor();
    await box(page, "b2").click();
    await bar(page, "2 jobs chosen").waitFor();
    await page.getByRole("checkbox", { name: /^Choose all/ }).click();
    await bar(page, "3 jobs chosen").waitFor();
    await stage.emit({ progressed: true, job: "b1", progress: 7 });
    await row(page, "b1").getByText("7%").waitFor();
    assert.equal(await box(page, "b1").isChecked(), true);
    await box(page, "b2").focus();
    await stage.emit({ failed: true, job: "b2" });
    await bar(page, "2 jobs chosen · 1 has ended").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "b2", "the focus stays in the row");
    await page.getByRole("button", { name: "Refresh" }).click();
    await untilLive(page);
    assert.equal(await box(page, "b1").isChecked(), true, "read anew, it is still chosen");
    await page.getByRole("searchbox").fill("b1");
    await bar(page, "1 job chosen · 2 are not shown any more").waitFor();
    await page.getByRole("searchbox").fill("b");
    await bar(page, "2 jobs chosen · 1 has ended").waitFor();
    await page.getByRole("button", { name: "Choose none" }).click();
    await bar(page, /./).waitFor({ state: "hidden" });
    assert.deepEqual(await requestsFor("b"), []);
    assert.equal(await page.getByRole("dialog").count(), 0);
    await close();
});

test("one whose next attempt begins is chosen still, or again; what it was until then is said", async () => {
    const { page, close } = await open("h");
    await page.getByRole("checkbox", { name: /^Choose all/ }).click();
    await stage.emit({ started: true, job: "h1", attempt: 2 }, { progressed: true, job: "h1", attempt: 2, progress: 3 });
    await row(page, "h1").getByText("3%").waitFor();
    await bar(page, /^2 jobs chosen/).waitFor();
    await stage.emit({ failed: true, job: "h1", attempt: 2 });
    await bar(page, "1 job chosen · 1 has ended").waitFor();
    await stage.emit({ started: true, job: "h1", attempt: 3 });
    await bar(page, "2 jobs chosen").waitFor();
    assert.equal(await bar(page, "ended").count(), 0);
    assert.equal(await box(page, "h1").isChecked(), true);
    await close();
});

test("what ends while the question stands is said and counted no more; nothing is left to cancel, until one begins anew", async () => {
    const { page, close } = await open("i", { language: "fr" });
    await page.getByRole("checkbox", { name: /^Choisir toutes/ }).click();
    await page.getByRole("button", { name: "Les annuler…" }).click();
    const titled = (name) => page.getByRole("dialog", { name }).waitFor();
    const button = (name) => page.getByRole("dialog").getByRole("button", { name });
    await titled(/^Annuler 3 tâches/);
    await page.getByLabel("Motif").focus();
    await stage.emit({ succeeded: true, job: "i1" });
    await titled(/^Annuler 2 tâches/);
    await outcome(page, "i1", "était déjà terminée · Succès");
    await stage.emit({ failed: true, job: "i2" }, { succeeded: true, job: "i3" });
    await titled("Plus rien à annuler");
    await page.getByRole("dialog").getByText("3 étaient déjà terminées").waitFor();
    assert.equal(await button(/^Annuler/).count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Fermer", "the focus is where one can go on");
    await expectAccessible(page);
    await stage.emit({ started: true, job: "i2", attempt: 2 });
    await titled(/^Annuler 1 tâche/);
    await button("Annuler 1 tâche").click();
    await outcome(page, "i2", "arrêt demandé");
    await titled("Ce qu’il en est de 3 tâches");
    await stage.emit({ started: true, job: "i2", attempt: 3 });
    await outcome(page, "i2", "continue avec la tentative 3");
    assert.deepEqual((await requestsFor("i")).map(({ job_id: id, decision }) => [id, decision]), [["i2", "granted"]]);
    await close();
});

test("one ended while it was confirmed: that is told, and the others are asked", async () => {
    const { page, close } = await open("c", { mayComplain: [/409/] });
    await page.getByRole("button", { name: "Pause" }).click(); // no news of it
    await page.getByRole("checkbox", { name: /^Choose all/ }).click();
    await askFor(page, 2);
    await stage.emit({ succeeded: true, job: "c1" });
    await confirm(page);
    await outcome(page, "c1", "had already ended");
    await outcome(page, "c2", "asked to stop");
    await page.getByRole("dialog").getByText("1 asked to stop · 1 had already ended").waitFor();
    await close();
});

test("refused is told with its reason, an answer lost as not known; trying again stays one request", async () => {
    const { page, close } = await open("d", { mayComplain: [/403|ERR_FAILED|Failed to load/] });
    await page.getByRole("button", { name: "Pause" }).click(); // no news of it
    let lost = 0;
    await page.route("**/jobs/d1/cancel-requests", (route) => route.fulfill({ status: 403,
        contentType: "application/problem+json", body: "{\"detail\":\"NOT_CREATOR\"}" }));
    await page.route("**/jobs/d2/cancel-requests", async (route) => {
        if (lost++) return route.continue();
        await route.fetch();
        return route.abort();
    });
    await page.getByRole("checkbox", { name: /^Choose all/ }).click();
    await askFor(page, 2);
    await confirm(page);
    await outcome(page, "d1", "refused: only its creator can cancel a job");
    await outcome(page, "d2", "not known whether the request arrived");
    const again = page.getByRole("dialog").getByRole("button", { name: "Try again" });
    await again.click();
    // The service granted it to the first of the two, which are one.
    await outcome(page, "d2", "asked to stop");
    await until(async () => !await again.isVisible(), "nothing is left to ask");
    assert.equal((await requestsFor("d")).length, 1);
    await close();
});

test("the service wishes it slower: it is waited for, and each is asked", async () => {
    const { page, close } = await open("e", { mayComplain: [/429/] });
    let refused = 0;
    await page.route("**/cancel-requests", (route) => refused++ < 3
        ? route.fulfill({ status: 429, headers: { "Retry-After": "1" }, body: "" }) : route.continue());
    await page.getByRole("checkbox", { name: /^Choose all/ }).click();
    await askFor(page, 2);
    await confirm(page);
    await outcome(page, "e1", "asked to stop");
    await outcome(page, "e2", "asked to stop");
    assert.equal((await requestsFor("e")).length, 2);
    await close();
});

test("closed meanwhile, no further one is asked, and that is told", async () => {
    const { page, close } = await open("f", { mayComplain: [/429/] });
    await page.route("**/cancel-requests", (route) => route.fulfill({ status: 429,
        headers: { "Retry-After": "60" }, body: "" }));
    await page.getByRole("checkbox", { name: /^Choose all/ }).click();
    await askFor(page, 2);
    await confirm(page);
    await page.getByRole("dialog").getByRole("button", { name: "Ask no further one" }).click();
    await page.locator(".notice", { hasText: "2 not asked" }).waitFor();
    assert.deepEqual(await requestsFor("f"), []);
    await bar(page, "2 jobs chosen").waitFor();
    await close();
});

test("jobs of others cannot be chosen, and it is said why; in French and on a narrow window too", async () => {
    const { page, close } = await open("a", { as: "administrator", language: "fr", size: { width: 320, height: 700 } });
    await row(page, "a5").waitFor();
    assert.equal(await page.getByRole("checkbox").count(), 0);
    const without = row(page, "a5").locator(".cell-choice");
    assert.match(await without.getAttribute("title"), /Seul son créateur, member-01-003, peut/);
    await row(page, "a5").locator("[data-focus=row]").focus();
    await page.keyboard.press("Space");
    await page.locator(".notice", { hasText: "Seul son créateur, member-01-003, peut l’annuler" }).waitFor();
    await close();
    const own = await open("g", { language: "fr", scheme: "dark", size: { width: 320, height: 700 } });
    await own.page.getByRole("checkbox", { name: /^Choisir toutes/ }).click();
    await bar(own.page, "2 tâches choisies").waitFor();
    assert.ok(await own.page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
    await expectAccessible(own.page);
    await own.page.getByRole("button", { name: "Les annuler…" }).click();
    await own.page.getByRole("dialog", { name: "Annuler 2 tâches" }).waitFor();
    await expectAccessible(own.page);
    await own.close();
});

test("a row without a box shows where one stands that there is a reason, and tells it", async () => {
    const { page, close } = await open("a", { as: "administrator", language: "fr" });
    const place = row(page, "a5").locator(".cell-choice");
    const seen = () => place.evaluate((cell) => getComputedStyle(cell, "::before").opacity === "1");
    await page.mouse.move(0, 0);
    assert.equal(await seen(), false);
    await row(page, "a5").locator("[data-focus=row]").focus();
    assert.equal(await seen(), true, "by the keyboard");
    await expectAccessible(page);
    await page.evaluate(() => document.activeElement.blur());
    await place.click();
    assert.equal(await seen(), true, "by the pointer");
    await page.locator(".notice", { hasText: "Seul son créateur, member-01-003, peut l’annuler" }).waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
    await close();
});

test("what cannot be fetched when it is needed is told", async () => {
    const { page, close } = await open("g", { mayComplain: [/ERR_FAILED|Failed to/] });
    await page.route("**/later_*", (route) => route.abort());
    await box(page, "g1").click();
    await page.getByRole("button", { name: "Cancel them…" }).click();
    await page.locator(".notice", { hasText: "could not be fetched" }).waitFor();
    await close();
});

// SPDX-License-Identifier: Apache-2.0
// Of what nothing is heard: a job that keeps still becomes silent while somebody looks, and speaks
// again; a service that does not answer a cancel command.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startBrowser, until, visit } from "./support/browser.js";
import { chooseOfRow, row, untilLive } from "./support/rows.js";
import { Stage } from "./support/stage.js";

const sinceWhen = /Nothing has been heard from it since .+ \d\d:\d\d:\d\d .+, which is longer than usual$/;
let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin({
        settings: { "job.silent-after": "8s,Import=never", "cancel.answer-within": "1s" } })]);
    const mine = { created: true, creator: stage.members.manager.id };
    await stage.emit(
        ...["quiet", "mute", "unwilling"].map((job) => ({ ...mine, job, type: "Load" })),
        { ...mine, job: "patient", type: "Import" },
        ...["mute", "patient"].map((job) => ({ started: true, job })));
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
const note = (page, job) => row(page, job).locator(".note");
const panelNote = (page) => page.getByRole("dialog", { name: "Job details" }).locator(".note");

/** Keeps what a job's row has said, one after the other: status, progress and note. */
const keepSayings = (page, job) => page.evaluate((id) => {
    const say = () => {
        const cells = document.querySelector(`tr[data-id="${id}"]`);
        const note = cells?.querySelector(".note");
        const saying = [cells?.querySelector(".status")?.textContent,
            cells?.querySelector(".cell-progress .number")?.textContent,
            note?.hidden ? "" : note?.textContent].join(" ").trim();
        if (window.sayings.at(-1) !== saying) window.sayings.push(saying);
    };
    window.sayings = [];
    say();
    new MutationObserver(say).observe(document.querySelector("tbody"),
        { attributes: true, characterData: true, childList: true, subtree: true });
}, job);
const sayings = (page) => page.evaluate(() => window.sayings);

test("a job becomes silent while it is looked at, and speaks again", async () => {
    const { page, close } = await open("?job=quiet");
    await panelNote(page).waitFor({ state: "attached" });
    await keepSayings(page, "quiet");
    await stage.emit({ started: true, job: "quiet" });
    await note(page, "quiet").getByText("silent", { exact: true }).waitFor();
    assert.match(await note(page, "quiet").getAttribute("title"), sinceWhen);
    await panelNote(page).getByText(/^silent: /).waitFor();
    assert.match(await panelNote(page).innerText(), sinceWhen);
    await stage.emit({ progressed: true, job: "quiet", progress: 7 });
    const unstated = "Running running, progress not stated";
    const expected = [unstated, `${unstated} silent`, "Running 7%", "Running 7% silent"];
    await until(async () => (await sayings(page)).at(-1) === expected.at(-1), "silent once more");
    const said = (await sayings(page)).filter((saying) => saying.startsWith("Running"));
    assert.deepEqual(said, expected, "each once: nothing comes and goes");
    await stage.emit({ succeeded: true, job: "quiet" });
    await row(page, "quiet").getByText("Success").waitFor();
    await note(page, "quiet").waitFor({ state: "hidden" });
    await panelNote(page).waitFor({ state: "hidden" });
    await close();
});

test("silent already: in French too, without the column; one that never is is not", async () => {
    const { page, close } = await open("?columns=jobID", { language: "fr" });
    await note(page, "mute").getByText("silencieuse", { exact: true }).waitFor();
    assert.match(await note(page, "mute").getAttribute("title"), /^Sans nouvelles d’elle depuis le \d/);
    assert.equal(await note(page, "patient").isVisible(), false);
    await close();
});

test("paused, no job becomes silent", async () => {
    await stage.emit({ progressed: true, job: "mute", progress: 1 });
    const { page, close } = await open();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator(".fresh-paused").waitFor();
    await keepSayings(page, "mute");
    await stage.emit({ progressed: true, job: "mute", progress: 2 });
    await page.waitForTimeout(9500); // time for what must not happen
    assert.equal((await sayings(page)).length, 1, "nothing moved");
    await page.getByRole("button", { name: "Go live" }).click();
    await note(page, "mute").getByText("silent", { exact: true }).waitFor();
    await close();
});

test("a cancel command that nobody answers is told of in row and details, and can be repeated", async () => {
    const { page, close } = await open();
    await chooseOfRow(page, "unwilling", "Cancel…");
    await page.getByRole("button", { name: "Cancel the job" }).click();
    await row(page, "unwilling").getByText("Cancelling…").waitFor();
    await until(async () => {
        await page.getByRole("button", { name: "Refresh" }).click();
        return note(page, "unwilling").isVisible();
    }, "it is said that nobody answered");
    assert.equal(await note(page, "unwilling").innerText(), "unanswered");
    const words = "Its service did not answer the request to cancel it in time";
    assert.equal(await note(page, "unwilling").getAttribute("title"), words);
    await row(page, "unwilling").locator("[data-focus=row]").click();
    await panelNote(page).getByText(`unanswered: ${words}`).waitFor();
    await page.getByText("Unanswered: the service has not answered in time").waitFor();
    await page.keyboard.press("Escape");
    await row(page, "unwilling").getByRole("button", { name: /Actions/ }).click();
    const again = page.getByRole("menuitem", { name: /^Ask again to cancel…/ });
    assert.equal(await again.getAttribute("aria-disabled"), null);
    await close();
});

// SPDX-License-Identifier: Apache-2.0
// Cancelling, from the click to its outcome: granted, refused, overtaken, of somebody else's job.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, until, visit, withSession } from "./support/browser.js";
import { chooseOfRow, query, row, untilLive } from "./support/rows.js";
import { Stage } from "./support/stage.js";

const uuid = "0198c3a1-7f2e-7bbb-8ccc-1234569f2bd0";
let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    const mine = { created: true, type: "Load", creator: stage.members.manager.id };
    await stage.emit(
        ...["stopped", "finishing", "late", "overtaken", "anew", "lost", "heard", "kept", "viewed", uuid].map((job) => ({ ...mine, job })),
        { ...mine, job: "fixed", "not-cancellable": true },
        { ...mine, job: "done" }, { succeeded: true, job: "done" },
        { ...mine, job: "colleagues", creator: stage.members.colleague.id });
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
const confirmButton = (page) => page.getByRole("button", { name: "Cancel the job" });
const requestsFor = (job) => stage.sql(
    `SELECT request_id, decision, reason_code, reason FROM jobtrail.cancellation WHERE job_id = '${job}'`);

test("from the click to Cancelled", async () => {
    const { page, close } = await open("manager");
    await chooseOfRow(page, "stopped", "Cancel…");
    const dialog = page.getByRole("dialog", { name: "Cancel this job?" });
    await dialog.getByText("stopped", { exact: true }).waitFor();
    await dialog.getByText("Load", { exact: true }).waitFor();
    await dialog.getByLabel("Reason (optional)").fill("wrong data set");
    await confirmButton(page).click();
    await row(page, "stopped").getByText("Cancelling…").waitFor();
    await page.locator(".notice", { hasText: "stopped was asked to stop" }).waitFor();
    const [{ reason, decision }, ...others] = await requestsFor("stopped");
    assert.deepEqual([reason, decision, others], ["wrong data set", "granted", []]);
    await stage.emit({ cancelled: true, job: "stopped" });
    await row(page, "stopped").getByText("Cancelled", { exact: true }).waitFor();
    await page.locator(".notice", { hasText: "stopped is cancelled." }).waitFor();
    await close();
});

test("in a view that it leaves, and with the answer behind the news: what became of it is shown", async () => {
    const { page, close } = await open("manager", { view: "?status=accepted" });
    let answer;
    await page.route("**/cancel-requests", async (route) => {
        const response = await route.fetch();
        await new Promise((resolve) => { answer = resolve; });
        await route.fulfill({ response });
    });
    await chooseOfRow(page, "viewed", "Cancel…");
    await confirmButton(page).click();
    await until(() => answer, "the service has granted it");
    await stage.emit({ cancelled: true, job: "viewed" });
    await row(page, "viewed").getByText("left this view").waitFor();
    answer();
    await page.locator(".notice", { hasText: "viewed is cancelled." }).waitFor();
    await row(page, "viewed").getByText("Cancelled", { exact: true }).waitFor();
    await row(page, "viewed").getByText("left this view").waitFor();
    await page.getByRole("button", { name: /1 left this view/ }).waitFor();
    await close();
});

test("a job that ends while the question stands: it says so, and offers no more than there is left", async () => {
    for (const [language, opens, title, told, closeWord] of [
        ["en", "Cancel…", "This job has ended", "It has ended meanwhile: Success.", "Close"],
        ["fr", "Annuler…", "Cette tâche est terminée", "Elle s’est terminée entre-temps : Succès.", "Fermer"]]) {
        const { page, close } = await open("manager", { language });
        const attempt = language === "en" ? 1 : 2;
        await stage.emit({ started: true, job: "finishing", attempt });
        await row(page, "finishing").locator(".kind-running").waitFor();
        await row(page, "finishing").locator("[data-focus=menu]").click();
        await page.getByRole("menuitem", { name: opens }).click();
        await page.getByRole("dialog").getByRole("textbox").focus();
        await stage.emit({ succeeded: true, job: "finishing", attempt });
        const dialog = page.getByRole("dialog", { name: title });
        await dialog.getByText(told, { exact: true }).waitFor();
        assert.deepEqual(await dialog.locator("button:visible").allInnerTexts(), ["", closeWord]);
        assert.equal(await dialog.getByRole("textbox").count(), 0);
        assert.equal(await page.evaluate(() => document.activeElement.textContent), closeWord);
        await expectAccessible(page);
        await page.keyboard.press("Enter");
        await until(async () => await page.getByRole("dialog").count() === 0, "closed");
        await close();
    }
    assert.deepEqual(await requestsFor("finishing"), []);
});

test("a menu opened before the end leads to what became of it; a next attempt can be cancelled", async () => {
    const { page, close } = await open("manager");
    await row(page, "late").getByRole("button", { name: /Actions/ }).click();
    await stage.emit({ failed: true, job: "late" });
    await row(page, "late").getByText("Failed").waitFor();
    await page.getByRole("menuitem", { name: "Cancel…" }).click();
    await page.getByRole("dialog", { name: "This job has ended" }).getByText("It has ended meanwhile: Failed.").waitFor();
    await stage.emit({ started: true, job: "late", attempt: 2 });
    await page.getByRole("dialog", { name: "Cancel this job?" }).waitFor();
    assert.equal(await confirmButton(page).isEnabled(), true);
    await page.getByRole("dialog").getByRole("button", { name: "Keep it running" }).click();
    await close();
});

test("a request that came too late: refused, in words, and the details behind it have it", async () => {
    const { page, close } = await open("manager", { view: "?job=late", mayComplain: [/409/] });
    const details = page.getByRole("dialog", { name: "Job details" });
    await details.getByText("None was known at").waitFor();
    await page.evaluate(() => [...document.querySelectorAll(".live .button")].at(0).click()); // paused: no news of it
    await page.locator(".fresh-paused").waitFor();
    await details.getByRole("button", { name: "Cancel…" }).click();
    await stage.emit({ succeeded: true, job: "late", attempt: 2 });
    await confirmButton(page).click();
    const dialog = page.getByRole("dialog", { name: "The request was refused" });
    await dialog.getByText("Refused: the job had already finished. Its state: Success.").waitFor();
    assert.equal(await confirmButton(page).isVisible(), false);
    assert.equal(await dialog.getByRole("button", { name: "Keep it running" }).count(), 0);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await details.getByText("You asked").waitFor();
    await details.getByText("Refused · the job had already finished").waitFor();
    assert.equal(await details.getByText("None was known at").count(), 0);
    assert.deepEqual((await requestsFor("late")).map(({ reason_code: code }) => code), ["ALREADY_FINISHED"]);
    await close();
});

test("closed while it is asked, what was refused is told all the same", async () => {
    const { page, close } = await open("manager", { mayComplain: [/409/] });
    let answer;
    await page.route("**/kept/cancel-requests", (route) => {
        answer = () => route.fulfill({ status: 409, contentType: "application/problem+json",
            body: JSON.stringify({ detail: "NOT_CANCELLABLE" }) });
    });
    await chooseOfRow(page, "kept", "Cancel…");
    await confirmButton(page).click();
    await until(() => answer, "it is asked for");
    await page.keyboard.press("Escape");
    await answer();
    await page.locator(".notice", { hasText: "Load kept: Refused: its service does not allow it to be cancelled." }).waitFor();
    await close();
});

test("one whose next attempt begins after it was asked to stop: that it goes on is told", async () => {
    const { page, close } = await open("manager");
    await chooseOfRow(page, "anew", "Cancel…");
    await confirmButton(page).click();
    await row(page, "anew").getByText("Cancelling…").waitFor();
    await stage.emit({ started: true, job: "anew", attempt: 2 });
    await page.locator(".notice", { hasText: "Load anew goes on with attempt 2; the request was for an earlier one." }).waitFor();
    await close();
});

test("a notice tells a job by its type and the ends of its id, and has the whole of it", async () => {
    const { page, close } = await open("manager", { language: "fr" });
    await row(page, uuid).locator("[data-focus=menu]").click();
    await page.getByRole("menuitem", { name: "Annuler…" }).click();
    await page.getByRole("button", { name: "Annuler la tâche" }).click();
    const notice = page.locator(".notice", { hasText: "L’arrêt de Load 0198c3a1…9f2bd0 est demandé. La suite s’affiche ici." });
    await notice.waitFor();
    assert.equal(await notice.getAttribute("title"), uuid);
    await stage.emit({ cancelled: true, job: uuid });
    await page.locator(".notice", { hasText: "Load 0198c3a1…9f2bd0 est annulée." }).waitFor();
    await close();
});

test("a job that ends before it is stopped was overtaken", async () => {
    const { page, close } = await open("manager");
    await chooseOfRow(page, "overtaken", "Cancel…");
    await confirmButton(page).click();
    await row(page, "overtaken").getByText("Cancelling…").waitFor();
    await stage.emit({ failed: true, job: "overtaken", "error-code": "E9" });
    await row(page, "overtaken").getByText("overtaken", { exact: true }).last().waitFor();
    await page.locator(".notice", { hasText: "ended before it could be cancelled: Failed" }).waitFor();
    await row(page, "overtaken").locator("[data-focus=row]").click();
    await page.getByText(/^Overtaken: the job ended otherwise/).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "overtaken 1" }).click();
    await until(() => query(page).get("finished") === "24h", "the ended jobs of a day");
    await page.reload();
    await row(page, "overtaken").getByText("overtaken", { exact: true }).last().waitFor();
    assert.equal(await page.getByRole("button", { name: "overtaken 1" }).getAttribute("title"),
        "They were to be cancelled within the last 24 hours, and ended before that. Shows what ended since, the latest first");
    await close();
});

/** The first answer is lost on its way. */
const loseAnswer = async (page) => {
    let lost = 0;
    await page.route("**/cancel-requests", async (route) => {
        if (route.request().method() !== "POST" || lost++) return route.continue();
        await route.fetch();
        return route.abort();
    });
};

test("an answer that is lost: trying again stays one request", async () => {
    const { page, close } = await open("manager", { mayComplain: [/ERR_FAILED|Failed to load/] });
    await page.getByRole("button", { name: "Pause" }).click(); // no news of it
    await loseAnswer(page);
    await chooseOfRow(page, "lost", "Cancel…");
    await confirmButton(page).click();
    await page.getByText(/^It is not known whether the request arrived/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Try again" }).click();
    const notice = page.locator(".notice", { hasText: "lost was asked to stop." });
    await notice.waitFor();
    assert.equal(await notice.innerText(), "Load lost was asked to stop.", "paused, nothing follows here");
    assert.equal((await requestsFor("lost")).length, 1);
    await close();
});

test("an answer that is lost, and news that it was granted: there is nothing to try again", async () => {
    const { page, close } = await open("manager", { mayComplain: [/ERR_FAILED|Failed to load/] });
    await loseAnswer(page);
    await chooseOfRow(page, "heard", "Cancel…");
    await confirmButton(page).click();
    await page.locator(".notice", { hasText: "Load heard was asked to stop. Its state follows here." }).waitFor();
    await until(async () => await page.getByRole("dialog").count() === 0, "closed");
    await row(page, "heard").getByText("Cancelling…").waitFor();
    await close();
});

test("keeping it running asks nothing", async () => {
    const { page, close } = await open("manager");
    await chooseOfRow(page, "kept", "Cancel…");
    await page.getByRole("button", { name: "Keep it running" }).click();
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.deepEqual(await requestsFor("kept"), []);
    await close();
});

const whyNot = async (page, job, why) => {
    await row(page, job).getByRole("button", { name: /Actions/ }).click();
    const item = page.getByRole("menuitem", { name: /Cancel…/ });
    assert.equal(await item.getAttribute("aria-disabled"), "true");
    assert.match(await item.innerText(), why);
    await item.click({ force: true });
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.keyboard.press("Escape");
};

test("what cannot be cancelled is there, disabled, and says why", async () => {
    const { page, close } = await open("manager");
    await whyNot(page, "done", /It has already finished/);
    await whyNot(page, "fixed", /Its service does not allow it to be cancelled/);
    assert.equal(await row(page, "colleagues").count(), 0, "a manager does not see others' jobs");
    await close();
});

test("only its creator can cancel: an administrator cannot, nor by asking the service", async () => {
    const { page, close } = await open("administrator", { mayComplain: [/403/] });
    await whyNot(page, "colleagues", /Only its creator, member-01-003, can cancel it/);
    const status = await withSession(page, async (session) => {
        const answer = await fetch(`${location.pathname}/jobs/colleagues/cancel-requests`,
            { method: "POST", headers: { Authorization: `Bearer ${await session.token()}` } });
        return answer.status;
    });
    assert.equal(status, 403);
    await close();
});

test("who looks at the job elsewhere sees it being cancelled too", async () => {
    const asking = await open("colleague");
    const watching = await open("administrator");
    await chooseOfRow(asking.page, "colleagues", "Cancel…");
    await confirmButton(asking.page).click();
    await row(watching.page, "colleagues").getByText("Cancelling…").waitFor();
    await stage.emit({ cancelled: true, job: "colleagues" });
    await row(watching.page, "colleagues").getByText("Cancelled", { exact: true }).waitFor();
    await until(async () => await watching.page.locator(".notice:visible").count() === 0,
        "nobody is told of what they did not ask");
    await asking.close();
    await watching.close();
});

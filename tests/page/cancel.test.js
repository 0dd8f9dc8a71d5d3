// SPDX-License-Identifier: Apache-2.0
// Cancelling, from the click to its outcome: granted, refused, overtaken, of somebody else's job.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startBrowser, until, visit, withSession } from "./support/browser.js";
import { chooseOfRow, query, row, untilLive } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    const mine = { created: true, type: "Load", creator: stage.members.manager.id };
    await stage.emit(
        ...["stopped", "finishing", "overtaken", "lost", "kept", "viewed"].map((job) => ({ ...mine, job })),
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

test("a job that finished meanwhile: refused, in words", async () => {
    const { page, close } = await open("manager", { mayComplain: [/409/] });
    await chooseOfRow(page, "finishing", "Cancel…");
    await stage.emit({ succeeded: true, job: "finishing" });
    await confirmButton(page).click();
    await page.getByText("Not cancelled: the job had already finished.").waitFor();
    assert.equal(await confirmButton(page).isVisible(), false);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    await row(page, "finishing").getByText("Success").waitFor();
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

test("an answer that is lost: trying again stays one request", async () => {
    const { page, close } = await open("manager", { mayComplain: [/ERR_FAILED|Failed to load/] });
    let lost = 0;
    await page.route("**/cancel-requests", async (route) => {
        if (route.request().method() !== "POST" || lost++) return route.continue();
        await route.fetch();
        return route.abort();
    });
    await chooseOfRow(page, "lost", "Cancel…");
    await confirmButton(page).click();
    await page.getByText(/^It is not known whether the request arrived/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Try again" }).click();
    await page.locator(".notice", { hasText: "lost was asked to stop" }).waitFor();
    assert.equal((await requestsFor("lost")).length, 1);
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

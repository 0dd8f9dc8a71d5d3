// SPDX-License-Identifier: Apache-2.0
// A job's details, its error, and that nothing of a job is ever more than text.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, until, visit } from "./support/browser.js";
import { chooseOfRow, query, row, untilLive } from "./support/rows.js";
import { Stage } from "./support/stage.js";

const markup = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>";
const long = "x".repeat(255);
let browser, stage, mine;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
    mine = { created: true, type: "Load", creator: stage.members.manager.id };
    const detail = Array.from({ length: 200 }, (_, i) => `line ${i} of the trace`).join("\n");
    await stage.emit(
        { ...mine, job: "broken" }, { started: true, job: "broken" },
        { failed: true, job: "broken", message: "it broke", "error-code": "CORRUPT", "error-detail": detail },
        { succeeded: true, job: "broken" },
        { ...mine, job: "busy" }, { started: true, job: "busy" },
        { ...mine, job: "twice" }, { ...mine, job: "twice", creator: "somebody-else" },
        { ...mine, job: "again" }, { started: true, job: "again" }, { failed: true, job: "again" },
        { started: true, job: "again", attempt: 2 },
        { ...mine, job: markup, type: markup.slice(0, 100), message: markup },
        { failed: true, job: markup, message: markup, "error-code": markup.slice(0, 100), "error-detail": markup },
        { ...mine, job: long, type: "T".repeat(128), message: "m".repeat(4000) },
        { ...mine, job: "gnp\u202eexe", message: "\u202egnp.exe" });
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
const panel = (page) => page.getByRole("dialog", { name: "Job details" });

test("details open by the id, have the address, and close back to the row", async () => {
    const { page, close } = await open();
    await row(page, "busy").getByRole("link", { name: "busy", exact: true }).click();
    await panel(page).getByText("Running").first().waitFor();
    assert.equal(query(page).get("job"), "busy");
    await page.keyboard.press("Escape");
    await until(() => !query(page).has("job"), "the address is without the job");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "busy");
    await page.goForward();
    await panel(page).waitFor();
    await page.goBack();
    await until(async () => await panel(page).count() === 0, "closed");
    await close();
});

test("a link to a job opens it, live", async () => {
    const { page, close } = await open("?job=busy&status=failed");
    await panel(page).getByText("Running").first().waitFor();
    await stage.emit({ progressed: true, job: "busy", progress: 64 });
    await panel(page).getByText("64%").waitFor();
    await close();
});

test("the history says what counted and what contradicted", async () => {
    const { page, close } = await open("?job=broken");
    const moments = panel(page).locator(".timeline").first().locator("li");
    await moments.first().waitFor();
    assert.deepEqual(await moments.evaluateAll((all) => all.map((each) =>
        [...each.querySelectorAll("strong, .verdict")].map((part) => part.textContent).join(" "))),
    ["Created", "Started", "Failed decides", "Succeeded contradicting"], "it is said where there was something to decide");
    await panel(page).getByText("Of events that tell of the same, one decides what is shown.").waitFor();
    await page.goto(stage.page("?job=busy"));
    await panel(page).getByText("None was known at").waitFor();
    assert.equal(await panel(page).locator(".verdict").count(), 0);
    assert.equal(await panel(page).getByText("decides").count(), 0);
    await page.goto(stage.page("?job=again"));
    await panel(page).getByText("superseded").first().waitFor();
    assert.equal(await panel(page).locator(".moment.superseded").count(), 2);
    await page.goto(stage.page("?job=twice"));
    await panel(page).getByText("disputed: two creations name different creators").waitFor();
    await panel(page).getByText("Its creator is disputed, so nobody can cancel it").waitFor();
    await close();
});

test("requests beyond a page are shown when asked for; a withdrawn one says so", async () => {
    await stage.execute(`
        insert into jobtrail.cancel_request (received_at, recorded_at, decided_at, request_id, organization_id, job_id,
            requester_id, identified, channel, decision, reason_code)
        select now(), now(), now(), gen_random_uuid(), '${stage.organization}', 'again', 'eve-' || i, true, 'http',
            'refused', 'NOT_CREATOR' from generate_series(1, 104) as i;
        insert into jobtrail.cancel_command (issued_at, answer_by, command_id, request_id, attempt, organization_id,
            job_id, type, creator_id, requester_id, withdrawn_at)
        values (now(), now(), '00000000-0000-5000-8000-000000000001', gen_random_uuid(), 2, '${stage.organization}',
            'again', 'Load', 'eve', 'eve', now());
        insert into jobtrail.cancel_request (received_at, recorded_at, decided_at, request_id, organization_id, job_id,
            requester_id, identified, channel, decision, reason_code, job_revision, job_attempt, creator_id, command_id)
        values (now() + interval '1 second', now(), now(), gen_random_uuid(), '${stage.organization}', 'again', 'eve',
            true, 'http', 'granted', 'CREATOR', 1, 2, 'eve', '00000000-0000-5000-8000-000000000001')`);
    const { page, close } = await open("?job=again");
    const requests = panel(page).locator(".timeline").last().locator("li");
    const more = panel(page).getByRole("button", { name: "Show more requests" });
    await more.waitFor();
    assert.equal(await requests.count(), 100);
    await requests.first().getByText("Withdrawn: the job’s creator was disputed").waitFor();
    await more.click();
    await until(async () => await requests.count() === 105, "all are shown");
    await until(async () => await more.count() === 0, "there are no more");
    await close();
});

test("a job that is not there is said so", async () => {
    const { page, close } = await open("?job=nowhere", { mayComplain: [/404/] });
    await panel(page).getByText("There is no such job, or you cannot see it.").waitFor();
    await close();
});

test("to the next job and the one before", async () => {
    const { page, close } = await open("?sortby=jobID&job=again");
    await page.getByRole("button", { name: "Next job" }).click();
    await until(() => query(page).get("job") === "broken", "the next job");
    await page.getByRole("button", { name: "Previous job" }).click();
    await until(() => query(page).get("job") === "again", "the job before");
    await close();
});

test("the error: all of it, it scrolls, it is copied", async () => {
    const { page, context, close } = await open();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await row(page, "broken").getByRole("button", { name: "Show the error of broken" }).click();
    const dialog = page.getByRole("dialog", { name: "What went wrong" });
    const detail = dialog.getByRole("region", { name: "Error in detail" });
    await dialog.getByText("CORRUPT").waitFor();
    assert.match(await detail.innerText(), /line 199 of the trace$/);
    assert.ok(await detail.evaluate((box) => box.scrollHeight > box.clientHeight + 100));
    await dialog.getByRole("button", { name: "Copy" }).click();
    await page.locator(".notice", { hasText: "Copied" }).waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()),
        /^Load\nbroken\nCORRUPT\nit broke\nline 0 of the trace\n/);
    await expectAccessible(page);
    await close();
});

test("markup in every text of a job stays text, everywhere", async () => {
    const { page, close } = await open();
    await row(page, markup).getByText(markup).first().waitFor();
    await chooseOfRow(page, markup, "Show error");
    await page.getByRole("dialog").getByText(markup).last().waitFor();
    await page.keyboard.press("Escape");
    await row(page, markup).locator("[data-focus=row]").click();
    await panel(page).getByText(markup).first().waitFor();
    await panel(page).locator(".timeline").first().waitFor();
    assert.equal(await page.locator("img, #app script").count(), 0);
    assert.equal(await page.title(), `Jobs · ${stage.organization}`);
    await close();
});

test("long texts push nothing away; what turns text round is shown as its number", async () => {
    const { page, close } = await open();
    await row(page, long).waitFor();
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.equal(await fits(), true);
    await chooseOfRow(page, long, "Cancel…");
    assert.equal(await page.getByRole("dialog").evaluate((box) => box.scrollWidth <= box.clientWidth), true);
    await page.keyboard.press("Escape");
    const spoof = row(page, "gnp\u202eexe");
    await spoof.getByText("gnp\\u202eexe").waitFor();
    await spoof.getByText("\\u202egnp.exe").waitFor();
    await close();
});

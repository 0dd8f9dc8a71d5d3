// SPDX-License-Identifier: Apache-2.0
// Signing in and out, for each of the four members.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chooseMember, sessionOf, startBrowser, until, untilSession, visit, withSession } from "./support/browser.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

test("whoever the issuer knows is signed in without a question, at the view they came for", async () => {
    const visitor = await visit(browser, stage, { as: "manager", view: "?status=failed&q=a%20b#x" });
    const session = await sessionOf(visitor.page);
    assert.equal(visitor.page.url(), stage.page("?status=failed&q=a%20b#x"));
    assert.deepEqual(
        [session.member, session.role, session.name, session.organization],
        ["member-01-002", "Manager", "Ben Keller", stage.organization]);
    await visitor.close();
});

for (const who of ["administrator", "manager", "colleague", "user"])
    test(`a stranger becomes the ${who} by choosing so`, async () => {
        const { page, close } = await visit(browser, stage, { view: "?sort=-created" });
        await untilSession(page, "signed-out");
        await withSession(page, (session) => void session.signIn());
        await chooseMember(page, stage, who);
        const session = await untilSession(page, "signed-in");
        assert.equal(session.member, stage.members[who].id);
        assert.equal(session.role, stage.members[who].role);
        assert.equal(session.name, stage.members[who].name);
        assert.equal(page.url(), stage.page("?sort=-created"));
        await close();
    });

test("tokens are in no storage, and no address", async () => {
    const { page, close } = await visit(browser, stage, { as: "manager" });
    const kept = await withSession(page, async (session) => {
        const token = await session.token();
        const databases = await indexedDB.databases();
        return { isToken: token.split(".").length === 3, local: localStorage.length,
            session: sessionStorage.length, databases: databases.length, cookie: document.cookie };
    });
    assert.deepEqual(kept, { isToken: true, local: 0, session: 0, databases: 0, cookie: "" });
    assert.equal(page.url(), stage.page());
    await close();
});

test("a page that is loaded anew is the same member's", async () => {
    const { page, close } = await visit(browser, stage, { as: "colleague", view: "?q=x" });
    await page.reload();
    const session = await untilSession(page, "signed-in");
    assert.equal(session.member, stage.members.colleague.id);
    assert.equal(page.url(), stage.page("?q=x"));
    await close();
});

test("signing out ends the issuer's session too, and the refresh token is worth nothing", async () => {
    const { page, context, close } = await visit(browser, stage, { as: "administrator" });
    let refresh;
    page.on("request", (request) => {
        if (request.url() === `${stage.issuer}/revoke`)
            refresh = new URLSearchParams(request.postData() ?? "").get("token");
    });
    await withSession(page, (session) => void session.signOut());
    // The page forgets its tokens at once, and leaves for the issuer after it has revoked them.
    await until(async () => refresh && !(await context.cookies()).length, "the issuer's session is over");
    const session = await untilSession(page, "signed-out");
    assert.equal(session.member, null);
    const form = { grant_type: "refresh_token", refresh_token: refresh, client_id: "jobs" };
    const answer = await fetch(`${stage.issuer}/token`, { method: "POST", body: new URLSearchParams(form) });
    assert.deepEqual([answer.status, await answer.json()], [400, { error: "invalid_grant" }]);
    await page.reload();
    assert.equal((await untilSession(page, "signed-out")).reason, null);
    await close();
});

test("the service takes the page's token", async () => {
    const { page, close } = await visit(browser, stage, { as: "manager" });
    const status = await withSession(page, async (session) => {
        const headers = { authorization: `Bearer ${await session.token()}` };
        return (await fetch(`${location.pathname}/jobs`, { headers })).status;
    });
    assert.equal(status, 200);
    await close();
});

// SPDX-License-Identifier: Apache-2.0
// Sessions that outlive their tokens, those that cannot, and an issuer that is not there. The member
// is one who sees no jobs, so that nothing but the test asks for tokens. The way back from the issuer
// is the one that all organisations share.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chooseMember, startBrowser, until, untilSession, visit, withSession } from "./support/browser.js";
import { Stage } from "./support/stage.js";

const REFUSED = /ERR_CONNECTION_REFUSED/;
const NOT_RENEWED = /400 \(Bad Request\).*\/token/;
let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin({ lifetime: 8, settings: { "page.redirect": "shared" } })]);
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

async function begin(options, wish) {
    await stage.stopIssuer();
    await stage.startIssuer(options);
    const visitor = await visit(browser, stage, wish);
    const asked = { tokens: 0 };
    visitor.page.on("request", (request) => {
        asked.tokens += request.url() === `${stage.issuer}/token`;
    });
    return { ...visitor, asked };
}

function tokenOf(page) {
    return withSession(page, (session) => session.token());
}

test("tokens are renewed before they expire, and nobody notices", async () => {
    const { page, asked, close } = await begin({ lifetime: 8 }, { as: "user", view: "?q=x" });
    const first = await tokenOf(page);
    await until(() => asked.tokens >= 2, "the token was renewed twice");
    assert.notEqual(await tokenOf(page), first);
    assert.equal((await untilSession(page, "signed-in")).member, stage.members.user.id);
    assert.equal(page.url(), stage.page("?q=x"));
    await close();
});

test("one redirect address serves all organisations, for signing in and out", async () => {
    const { page, close } = await begin({}, { view: "?status=failed#x" });
    const given = [];
    page.on("request", (request) => {
        const asked = new URL(request.url()).searchParams;
        for (const name of ["redirect_uri", "post_logout_redirect_uri"])
            if (asked.has(name)) given.push(asked.get(name));
    });
    await untilSession(page, "signed-out");
    await withSession(page, (session) => void session.signIn());
    await chooseMember(page, stage, "user");
    await untilSession(page, "signed-in");
    assert.equal(page.url(), stage.page("?status=failed#x"));
    await withSession(page, (session) => void session.signOut());
    await until(() => page.url() === stage.page(), "the way back from signing out ends at the page");
    await untilSession(page, "signed-out");
    assert.deepEqual(new Set(given), new Set([`${stage.origin}/page/signed-in`]));
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await page.goto(`${stage.origin}/page/signed-in?code=x&state=y`);
    await page.getByText("There is nothing to come back to here").waitFor();
    await close();
});

test("whoever asks while a token is renewed waits for the same one", async () => {
    const { page, asked, close } = await begin({ lifetime: 300 }, { as: "user" });
    const tokens = await withSession(page, async (session) => {
        session.reject();
        return Promise.all([session.token(), session.token(), session.token()]);
    });
    assert.equal(new Set(tokens).size, 1);
    assert.equal(asked.tokens, 1);
    await close();
});

test("where nothing renews it a session ends with its token, and signing in leads back", async () => {
    const { page, close } = await begin({ lifetime: 8, refresh: false },
        { as: "user", view: "?status=failed" });
    const session = await untilSession(page, "signed-out", "expired");
    assert.equal(session.member, stage.members.user.id, "what is shown is still the member's");
    assert.equal(page.url(), stage.page("?status=failed"));
    await withSession(page, (session) => void session.signIn());
    await chooseMember(page, stage, "user");
    await untilSession(page, "signed-in");
    assert.equal(page.url(), stage.page("?status=failed"));
    await close();
});

test("an issuer that has forgotten the member ends the session", async () => {
    const { page, close } = await begin({ lifetime: 300 },
        { as: "user", mayComplain: [NOT_RENEWED] });
    await stage.stopIssuer();
    await stage.startIssuer({ lifetime: 300 }); // its refresh tokens were in its memory
    await withSession(page, async (session) => {
        session.reject();
        await session.token().catch(() => {});
    });
    await untilSession(page, "signed-out", "expired");
    await close();
});

test("while the issuer is away a session lives on, and asks again", async () => {
    const { page, close } = await begin({ lifetime: 300 },
        { as: "user", mayComplain: [REFUSED, NOT_RENEWED] });
    await stage.stopIssuer();
    const reason = await withSession(page, async (session) => {
        session.reject();
        return session.token().catch((error) => error.reason);
    });
    assert.equal(reason, "unreachable");
    await untilSession(page, "signed-in");
    await stage.startIssuer({ lifetime: 300 });
    await untilSession(page, "signed-out", "expired"); // this issuer forgets; the page did ask again
    await close();
});

test("without its issuer the page says so, and begins when it is back", async () => {
    await stage.stopIssuer();
    const { page, close } = await visit(browser, stage, { view: "?q=x", mayComplain: [REFUSED] });
    await untilSession(page, "unavailable", "unreachable");
    assert.notEqual((await page.locator("body").innerText()).trim(), "");
    assert.equal(page.url(), stage.page("?q=x"));
    await stage.startIssuer({ lifetime: 300 });
    await withSession(page, (session) => void session.signIn());
    await chooseMember(page, stage, "user");
    assert.equal((await untilSession(page, "signed-in")).role, "User");
    assert.equal(page.url(), stage.page("?q=x"));
    await close();
});

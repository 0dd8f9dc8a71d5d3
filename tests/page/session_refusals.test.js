// SPDX-License-Identifier: Apache-2.0
// Answers to a sign-in that are not what was asked for: nobody is signed in by them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { sessionOf, signInBeforehand, startBrowser, until, untilSession, visit, withSession }
    from "./support/browser.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

/** A stranger, whom the issuer would know from now on; and how often tokens were asked for. */
async function stranger() {
    const visitor = await visit(browser, stage);
    const asked = { tokens: 0 };
    await untilSession(visitor.page, "signed-out");
    await signInBeforehand(visitor.context, stage, "manager");
    visitor.page.on("request", (request) => {
        asked.tokens += request.url() === `${stage.issuer}/token`;
    });
    return { ...visitor, asked };
}

/** The issuer sends members back to an address that is changed by this. */
async function bendWayBack(context, change) {
    await context.route((url) => url.pathname === "/authorize", async (route) => {
        const answer = await route.fetch({ maxRedirects: 0 });
        const back = new URL(answer.headers().location);
        change(back);
        await route.fulfill({ status: 303, headers: { location: back.href } });
    });
}

/** The tokens that the issuer gives are changed by this. */
async function bendTokens(context, change) {
    await context.route(`${stage.issuer}/token`, async (route) => {
        const answer = await route.fetch();
        const tokens = await answer.json();
        const [head, payload, tail] = tokens.id_token.split(".");
        const claims = JSON.parse(Buffer.from(payload, "base64url"));
        change(claims, tokens);
        const bent = Buffer.from(JSON.stringify(claims)).toString("base64url");
        if (tokens.id_token) tokens.id_token = `${head}.${bent}.${tail}`;
        await route.fulfill({ response: answer, json: tokens });
    });
}

async function expectRefused(page, reason) {
    await page.reload();
    const session = await untilSession(page, "signed-out", reason);
    assert.equal(session.member, null);
    assert.equal(page.url(), stage.page());
    const token = await withSession(page, (session) => session.token().catch(() => "none"));
    assert.equal(token, "none");
}

const waysBack = {
    "a wrong state": (back) => back.searchParams.set("state", "another"),
    "a state of nobody": (back) => back.searchParams.set("state", ""),
    "another issuer": (back) => back.searchParams.set("iss", "https://evil.example"),
    "no issuer, from one that always names itself": (back) => back.searchParams.delete("iss"),
};
for (const [what, change] of Object.entries(waysBack))
    test(`${what} in the way back is refused, and its code stays unused`, async () => {
        const { page, context, asked, close } = await stranger();
        await bendWayBack(context, change);
        await expectRefused(page, "tampered");
        assert.equal(asked.tokens, 0);
        await close();
    });

const noAnswers = {
    "an error without a state": ["refused", (back) => {
        ["state", "code"].forEach((name) => back.searchParams.delete(name));
        back.searchParams.set("error", "invalid_scope");
    }],
    "an error in the fragment": ["refused", (back) => {
        back.search = "";
        back.hash = "error=invalid_scope&state=x";
    }],
    "nothing": ["unanswered", (back) => (back.search = "")],
};
for (const [what, [reason, change]] of Object.entries(noAnswers))
    test(`${what} in the way back is told, and nobody is sent round and round`, async () => {
        const { page, context, close } = await stranger();
        let asked = 0;
        page.on("request", (request) => (asked += new URL(request.url()).pathname === "/authorize"));
        await bendWayBack(context, change);
        await expectRefused(page, reason);
        assert.equal(asked, 1);
        await close();
    });

const tokens = {
    "a wrong nonce": (claims) => (claims.nonce = "another"),
    "no nonce": (claims) => delete claims.nonce,
    "another issuer": (claims) => (claims.iss = "https://evil.example"),
    "another audience": (claims) => (claims.aud = "another"),
    "two audiences, for the other": (claims) => (claims.aud = ["jobs", claims.azp = "another"]),
    "an end in the past": (claims) => (claims.exp = 1),
};
for (const [what, change] of Object.entries(tokens))
    test(`${what} in the ID token is refused`, async () => {
        const { page, context, asked, close } = await stranger();
        await bendTokens(context, change);
        await expectRefused(page, "tampered");
        assert.equal(asked.tokens, 1);
        await close();
    });

test("a code that somebody else's browser brought is refused", async () => {
    const { page, context, asked, close } = await stranger();
    let brought;
    await context.route((url) => url.pathname === "/authorize", async (route) => {
        const answer = await route.fetch({ maxRedirects: 0 });
        brought = answer.headers().location;
        await route.fulfill({ status: 200, contentType: "text/plain", body: "stays here" });
    });
    await page.reload();
    await until(() => brought, "the issuer gave a code");
    await context.unrouteAll();
    const other = await context.newPage(); // has no memory of that sign-in
    await other.goto(brought);
    const session = await untilSession(other, "signed-out");
    assert.equal(session.reason, "tampered");
    assert.equal(asked.tokens, 0);
    assert.equal(other.url(), stage.page());
    await close();
});

test("what the issuer says no to is told, and can be tried again", async () => {
    const { page, context, close } = await stranger();
    await withSession(page, (session) => void session.signIn());
    await page.waitForURL((url) => url.origin === stage.issuer);
    const back = new URL(page.url()).searchParams;
    await page.goto(`${stage.page()}?${new URLSearchParams({ state: back.get("state"),
        iss: stage.issuer, error: "access_denied", error_description: "not you" })}`);
    const session = await untilSession(page, "signed-out", "refused");
    assert.equal(session.detail, "not you");
    await page.reload();
    await untilSession(page, "signed-in");
    await context.clearCookies();
    await close();
});

test("where nobody can sign in yet, the page says so", async () => {
    const { page, context, close } = await stranger();
    await context.route("**/settings.json", async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ json: { ...await answer.json(), clientId: null, issuer: null } });
    });
    await page.reload();
    await untilSession(page, "unavailable", "not-configured");
    assert.notEqual((await page.locator("body").innerText()).trim(), "");
    assert.equal((await sessionOf(page)).member, null);
    await close();
});

// SPDX-License-Identifier: Apache-2.0
// Signing in and out, for each of the four members.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chooseMember, sessionOf, startBrowser, untilSession, visit } from "./support/browser.js";
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
        await page.evaluate(async () => {
            const { session } = await import("/page/session.js");
            void session.signIn();
        });
        await chooseMember(page, stage, who);
        const session = await untilSession(page, "signed-in");
        assert.equal(session.member, stage.members[who].id);
        assert.equal(session.role, stage.members[who].role);
        assert.equal(session.name, stage.members[who].name);
        assert.equal(page.url(), stage.page("?sort=-created"));
        await close();
    });

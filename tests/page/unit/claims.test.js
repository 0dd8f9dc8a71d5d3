// SPDX-License-Identifier: Apache-2.0
// What the page reads in tokens, and what it does not take for anything.
import assert from "node:assert/strict";
import { test } from "node:test";

import { checkRenewal } from "../../../service/page/browser/openid.js";
import { claimAt, claimsOf, roleAt, textAt } from "../../../service/page/browser/claims.js";

function token(payload) {
    return `e30.${Buffer.from(payload).toString("base64url")}.x`;
}

test("claims are read from the middle of a token, whatever letters they have", () => {
    assert.deepEqual(claimsOf(token('{"name":"Chloé ☂ ÿ>?"}')), { name: "Chloé ☂ ÿ>?" });
});

test("what is no token has no claims", () => {
    for (const text of [undefined, "", "opaque", "a.b", "a.!.c", token("[1]"), token("null"),
        token("{"), token('"x"')])
        assert.equal(claimsOf(text), null, String(text));
});

test("a pointer leads through objects alone, to what is really there", () => {
    const claims = { a: { "b/c": { "~": "x" } }, list: ["y"], empty: "" };
    assert.equal(claimAt(claims, "/a/b~1c/~0"), "x");
    assert.equal(claimAt(claims, "/list/0"), undefined);
    assert.equal(claimAt(claims, "/toString"), undefined);
    assert.equal(claimAt(claims, "/a/none/x"), undefined);
    assert.equal(claimAt(null, "/a"), undefined);
    assert.equal(textAt(claims, "/empty"), null);
    assert.equal(textAt(claims, "/a"), null);
});

test("a role is a text, or one of an object of roles by organisation", () => {
    const where = { role: "/role", roleNames: { Administrator: ["jobs-admin", "root"], Manager: ["Manager"], User: [] } };
    const role = (/** @type {unknown} */ claim) => roleAt({ role: claim }, where, "acme");
    assert.equal(role("Manager"), "Manager");
    assert.equal(role("root"), "Administrator");
    assert.equal(role({ acme: "Manager" }), "Manager");
    assert.equal(role(["offline_access", "Manager", "jobs-admin"]), "Administrator");
    assert.equal(role({ acme: ["Manager"], other: ["root"] }), "Manager");
    assert.equal(role(["Administrator", "User"]), null);
    assert.equal(role(["offline_access"]), "offline_access");
    assert.equal(role([7, null, ""]), null);
    assert.equal(role({ other: "Manager" }), null);
    assert.equal(role({ acme: 1 }), null);
    assert.equal(roleAt({ role: {} }, where, "toString"), null);
    assert.equal(roleAt({}, where, "acme"), null);
});

test("a renewal is of the same member, issuer and page", () => {
    const first = { iss: "i", sub: "ann", aud: ["page"] };
    /** @param {object} claims */
    const idToken = (claims) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
    /** @param {string} [id_token] */
    const renew = (id_token) => checkRenewal({ access_token: "a", token_type: "Bearer", id_token }, idToken(first));

    renew();
    renew(idToken({ ...first, iat: 2, aud: "page" }));
    for (const other of [{ sub: "bob" }, { iss: "j" }, { aud: ["page", "other"] }, { sub: undefined }])
        assert.throws(() => renew(idToken({ ...first, ...other })), { reason: "tampered" });
    assert.throws(() => renew("none"), { reason: "tampered" });
});

// SPDX-License-Identifier: Apache-2.0
// Talking to an issuer by OpenID Connect: what it offers, the address at which members sign in, and
// its tokens, with the checks that are a client's (OpenID Connect Core 3.1.3.7, RFC 9207).

import { claimsOf } from "./claims.js";

/** Why there is no session; the words for it are elsewhere. */
export class SignInError extends Error {
    /**
     * @param {"unreachable" | "refused" | "unanswered" | "tampered" | "insecure"} reason
     * @param {string} detail for whoever looks into it
     */
    constructor(reason, detail) {
        super(detail);
        this.reason = reason;
    }
}

/**
 * @typedef {object} Provider
 * @property {string} issuer
 * @property {string} authorization_endpoint
 * @property {string} token_endpoint
 * @property {string} [end_session_endpoint]
 * @property {string} [revocation_endpoint]
 * @property {boolean} [authorization_response_iss_parameter_supported]
 */

/**
 * @typedef {object} TokenAnswer
 * @property {string} access_token
 * @property {string} [id_token]
 * @property {string} [refresh_token]
 * @property {number} [expires_in] seconds
 */

const CLOCK_GRACE_S = 300;
const PATIENCE_MS = 10_000;
const REVOCATION_MS = 3_000; // a member waits for it to sign out

/**
 * @param {string | URL} address
 * @param {RequestInit} [options]
 * @param {number} [patienceMs]
 * @returns {Promise<Response>}
 */
async function ask(address, options, patienceMs = PATIENCE_MS) {
    try {
        return await fetch(address, {
            ...options,
            credentials: "omit",
            redirect: "error",
            referrerPolicy: "no-referrer",
            signal: AbortSignal.timeout(patienceMs),
        });
    } catch (error) {
        throw new SignInError("unreachable", `${address}: ${error}`);
    }
}

/**
 * @param {unknown} address
 * @returns {boolean} whether tokens may be sent there
 */
function isSafe(address) {
    if (typeof address !== "string" || !URL.canParse(address)) return false;
    const { protocol, hostname } = new URL(address);
    return protocol === "https:" ||
        (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

/**
 * @param {string} issuer
 * @returns {Promise<Provider>}
 */
export async function discover(issuer) {
    const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const answer = await ask(address);
    if (!answer.ok) throw new SignInError("unreachable", `${address}: ${answer.status}`);
    const provider = await answer.json().catch(() => null);
    if (provider?.issuer !== issuer)
        throw new SignInError("tampered", `${address} is of another issuer`);
    const { authorization_endpoint, token_endpoint, end_session_endpoint, revocation_endpoint } = provider;
    if (!isSafe(authorization_endpoint) || !isSafe(token_endpoint) ||
        [end_session_endpoint, revocation_endpoint].some((optional) => optional && !isSafe(optional)))
        throw new SignInError("insecure", `${address} names an address without TLS`);
    return provider;
}

/**
 * The parameters at the address that the issuer sent the member back to, if it did.
 *
 * @param {URLSearchParams} query
 * @returns {boolean}
 */
export function isAnswer(query) {
    return query.has("state") && (query.has("code") || query.has("error"));
}

/**
 * Why the issuer sent the member back with nothing that is an answer: an error without the question's
 * state, an answer in the fragment, or nothing at all.
 *
 * @param {URLSearchParams} query
 * @param {URLSearchParams} fragment
 * @returns {SignInError}
 */
export function noAnswer(query, fragment) {
    const told = [query, fragment].find((part) => part.has("error"));
    return told ? new SignInError("refused", told.get("error_description") ?? told.get("error") ?? "")
        : new SignInError("unanswered", "there is no answer in the address");
}

/**
 * @param {URLSearchParams} query
 * @param {import("./sign_in_memo.js").Memo | null} memo
 * @param {Provider} provider
 * @returns {string} the code
 */
export function codeOf(query, memo, provider) {
    if (!memo || query.get("state") !== memo.state)
        throw new SignInError("tampered", "the answer is to no question of this page");
    if (memo.issuer !== provider.issuer)
        throw new SignInError("tampered", "the issuer is another than at the beginning");
    const issuer = query.get("iss");
    if (issuer === null ? provider.authorization_response_iss_parameter_supported
                        : issuer !== provider.issuer)
        throw new SignInError("tampered", "the answer is of another issuer");
    const code = query.get("code");
    if (query.has("error") || !code)
        throw new SignInError("refused", query.get("error_description") ?? query.get("error") ?? "");
    return code;
}

/**
 * @param {Provider} provider
 * @param {Record<string, string>} form
 * @returns {Promise<TokenAnswer>}
 */
export async function fetchTokens(provider, form) {
    const answer = await ask(provider.token_endpoint, {
        method: "POST",
        body: new URLSearchParams(form),
    });
    const body = await answer.json().catch(() => null);
    if (answer.status >= 500)
        throw new SignInError("unreachable", `the issuer answers with ${answer.status}`);
    if (!answer.ok || typeof body?.access_token !== "string" ||
        String(body.token_type).toLowerCase() !== "bearer")
        throw new SignInError("refused", body?.error_description ?? body?.error ?? "no token");
    return body;
}

/**
 * Asks the issuer to take the refresh token for nothing any more (RFC 7009), as far as it has a way to
 * be asked and answers soon. Never throws.
 *
 * @param {Provider | null} provider
 * @param {string} clientId
 * @param {string | undefined} token
 */
export async function revoke(provider, clientId, token) {
    if (!provider?.revocation_endpoint || !token) return;
    const form = { token, token_type_hint: "refresh_token", client_id: clientId };
    await ask(provider.revocation_endpoint, { method: "POST", body: new URLSearchParams(form) }, REVOCATION_MS)
        .catch(() => null);
}

/**
 * Throws unless the ID token says that this sign-in was with this issuer, for this page.
 *
 * @param {TokenAnswer} tokens
 * @param {Provider} provider
 * @param {string} clientId
 * @param {string} nonce
 * @returns {import("./claims.js").Claims}
 */
export function checkIdToken(tokens, provider, clientId, nonce) {
    const claims = claimsOf(tokens.id_token);
    if (!claims) throw new SignInError("tampered", "there is no ID token");
    const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
    if (claims.nonce !== nonce)
        throw new SignInError("tampered", "the ID token is of another sign-in");
    if (claims.iss !== provider.issuer)
        throw new SignInError("tampered", "the ID token is of another issuer");
    if (!audience.includes(clientId) || (audience.length > 1 && claims.azp !== clientId))
        throw new SignInError("tampered", "the ID token is for another page");
    if (typeof claims.exp !== "number" || claims.exp + CLOCK_GRACE_S < Date.now() / 1000)
        throw new SignInError("tampered", "the ID token has expired");
    return claims;
}

/**
 * Throws if a renewal brought the ID token of somebody else, or another issuer's or page's. It need
 * not bring one (OpenID Connect Core, 12.2).
 *
 * @param {TokenAnswer} tokens
 * @param {string | undefined} known the ID token that there was
 */
export function checkRenewal(tokens, known) {
    if (tokens.id_token === undefined) return;
    const [claims, first] = [claimsOf(tokens.id_token), claimsOf(known)];
    for (const name of ["iss", "sub", "aud"])
        if (!claims || inOrder(claims[name]) !== inOrder(first?.[name]))
            throw new SignInError("tampered", `the renewed ID token has another ${name}`);
}

/**
 * @param {unknown} claim one text, or an array of them in any order
 */
function inOrder(claim) {
    return JSON.stringify([claim].flat().sort());
}

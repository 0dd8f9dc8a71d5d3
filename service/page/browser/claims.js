// SPDX-License-Identifier: Apache-2.0
// Reading what tokens say. For showing it, and for the checks of OpenID Connect on a token that came
// straight from the issuer: whether a token is good for anything is for the service to judge.

/** @typedef {Record<string, unknown>} Claims */

/**
 * @param {string | undefined} token
 * @returns {Claims | null} null: it is no JWT
 */
export function claimsOf(token) {
    const payload = token?.split(".")[1];
    if (!payload) return null;
    try {
        const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
        const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
        const claims = JSON.parse(new TextDecoder().decode(bytes));
        return isObject(claims) ? claims : null;
    } catch {
        return null;
    }
}

/**
 * @param {unknown} value
 * @returns {value is Claims}
 */
function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What a JSON pointer points to, through objects alone.
 *
 * @param {Claims | null} claims
 * @param {string} pointer
 * @returns {unknown}
 */
export function claimAt(claims, pointer) {
    /** @type {unknown} */
    let found = claims;
    for (const part of pointer.split("/").slice(1)) {
        const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
        if (!isObject(found) || !Object.hasOwn(found, name)) return undefined;
        found = found[name];
    }
    return found;
}

/**
 * @param {Claims | null} claims
 * @param {string} pointer
 * @returns {string | null} null unless it is a text with something in it
 */
export function textAt(claims, pointer) {
    const claim = claimAt(claims, pointer);
    return typeof claim === "string" && claim !== "" ? claim : null;
}

/**
 * The role in an organisation: the highest one that is known of a text or an array of texts, or of those in
 * an object by organisation.
 *
 * @param {Claims | null} claims
 * @param {{role: string, roleNames: Record<string, string[]>}} where roleNames: what tokens call each role,
 *     the highest first
 * @param {string} organization
 * @returns {string | null} one that nobody knows as it is called
 */
export function roleAt(claims, where, organization) {
    const claim = claimAt(claims, where.role);
    const role = isObject(claim) && Object.hasOwn(claim, organization) ? claim[organization] : claim;
    const called = (Array.isArray(role) ? role : [role])
        .filter((name) => typeof name === "string" && name !== "");
    const known = Object.entries(where.roleNames)
        .find(([, names]) => names.some((name) => called.includes(name)));
    return known?.[0] ?? called.find((name) => !Object.hasOwn(where.roleNames, name)) ?? null;
}

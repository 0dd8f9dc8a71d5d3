// SPDX-License-Identifier: Apache-2.0
// Values nobody can guess, and the proof that whoever fetches a token is who asked for its code
// (RFC 7636, S256).

/**
 * @param {Uint8Array} bytes
 * @returns {string} in base64url, without padding
 */
function base64url(bytes) {
    return btoa(String.fromCharCode(...bytes))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");
}

/** @returns {string} 256 random bits */
export function randomText() {
    return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/**
 * @param {string} verifier
 * @returns {Promise<string>}
 */
export async function challengeOf(verifier) {
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    return base64url(new Uint8Array(hash));
}

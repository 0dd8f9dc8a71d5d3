// SPDX-License-Identifier: Apache-2.0
// What has to outlive the way to the issuer and back: nothing of it is a token. It lies in this
// tab's sessionStorage from leaving to coming back, and can be taken out once.

const KEY = "jobtrail.sign-in";

/**
 * @typedef {object} Memo
 * @property {string} state
 * @property {string} nonce
 * @property {string} verifier
 * @property {string} issuer
 * @property {string} redirect  the redirect address that was given
 * @property {string} view      query and fragment of the view to come back to
 * @property {boolean} silent   the issuer was to ask nobody anything
 */

/** @param {Memo} memo */
export function keepMemo(memo) {
    sessionStorage.setItem(KEY, JSON.stringify(memo));
}

/** @returns {Memo | null} */
export function takeMemo() {
    try {
        const text = sessionStorage.getItem(KEY);
        sessionStorage.removeItem(KEY);
        return text === null ? null : JSON.parse(text);
    } catch {
        return null;
    }
}

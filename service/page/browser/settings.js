// SPDX-License-Identifier: Apache-2.0
// What the service tells the page about signing in: /page/settings.json.

/**
 * @typedef {object} Settings
 * @property {string | null} issuer    of OpenID Connect
 * @property {string | null} clientId  null: nobody has set signing in up
 * @property {string} scope
 * @property {boolean} sharesRedirect whether one redirect address serves all organisations
 * @property {{organization: string, role: string, member: string,
 *     roleNames: Record<string, string[]>}} claims JSON pointers into tokens, and what these call each role
 */

/** @returns {Promise<Settings>} */
export async function fetchSettings() {
    const answer = await fetch(new URL("settings.json", import.meta.url));
    if (!answer.ok) throw new Error(`settings.json: ${answer.status}`);
    return answer.json();
}

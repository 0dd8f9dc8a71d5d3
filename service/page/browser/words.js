// SPDX-License-Identifier: Apache-2.0
// The page's sentences in the language that is chosen: the member's choice, else the browser's.
// Only that language is fetched.

/** @typedef {keyof typeof import("./words_en.js").words} Key */
/** @typedef {string | {one: string, other: string}} Entry */
/** @typedef {"en" | "fr"} Language */

/** @typedef {Readonly<Record<Key, Entry>>} Words */

/** @type {Record<Language, () => Promise<{words: Words}>>} */
const fetching = { en: () => import("./words_en.js"), fr: () => import("./words_fr.js") };

/** @type {Words | null} */
let words = null;
/** @type {Language} */
let current = "en";
let plural = new Intl.PluralRules("en");
let numbers = new Intl.NumberFormat("en");

/** @returns {Language} */
export function language() {
    return current;
}

/**
 * The first of the wishes that there is.
 * @param {readonly string[]} wishes language tags, best first
 * @returns {Language}
 */
export function bestLanguage(wishes) {
    for (const wish of wishes) {
        const [base] = wish.toLowerCase().split("-");
        if (base === "en" || base === "fr")
            return base;
    }
    return "en";
}

/** @param {Language} chosen */
export async function setLanguage(chosen) {
    ({ words } = await fetching[chosen]());
    current = chosen;
    plural = new Intl.PluralRules(chosen);
    numbers = new Intl.NumberFormat(chosen);
}

/** @param {number} value */
export function number(value) {
    return numbers.format(value);
}

/**
 * A sentence. {count} also chooses between one and other.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
    const entry = words?.[key] ?? key;
    const text = typeof entry === "string" ? entry
        : plural.select(Number(values.count)) === "one" ? entry.one : entry.other;
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
        const value = values[name];
        return value === undefined ? whole : typeof value === "number" ? number(value) : value;
    });
}

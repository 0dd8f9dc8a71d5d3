// SPDX-License-Identifier: Apache-2.0
// The page's sentences in the language that is chosen: the member's choice, else the browser's.
import { words as english } from "./words_en.js";
import { words as french } from "./words_fr.js";

/** @typedef {keyof typeof english} Key */
/** @typedef {string | {one: string, other: string}} Entry */
/** @typedef {"en" | "fr"} Language */

/** @type {Record<Language, Readonly<Record<Key, Entry>>>} */
const all = { en: english, fr: french };

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
export function setLanguage(chosen) {
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
    const entry = all[current][key];
    const text = typeof entry === "string" ? entry
        : plural.select(Number(values.count)) === "one" ? entry.one : entry.other;
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
        const value = values[name];
        return value === undefined ? whole : typeof value === "number" ? number(value) : value;
    });
}

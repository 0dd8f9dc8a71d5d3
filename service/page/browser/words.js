// SPDX-License-Identifier: Apache-2.0
// Which languages there are, and the page's sentences in the one that is chosen: by the member, else
// by the browser. Only that language is fetched.

/** @typedef {keyof typeof import("./words_en.js").words} Key */
/** @typedef {string | {one: string, other: string}} Entry */
/** @typedef {Readonly<Record<Key, Entry>>} Words */

/**
 * What a file words_CODE.js has.
 * @typedef {object} LanguageFile
 * @property {Words} words every sentence of the page
 * @property {string} noScript what somebody without JavaScript reads; the service puts it into
 *     index.html as it stands there, so that it is one line without " \ < &
 * @property {(wishes: readonly string[]) => string} dateLocale the tag by which dates are written,
 *     by the language tags that the browser wishes for
 */

/**
 * The languages, each under its code by the name that it has for itself. All that asks which there
 * are asks here.
 * @satisfies {Record<string, {name: string, fetch: () => Promise<LanguageFile>}>}
 */
const supportedLanguages = {
    en: { name: "English", fetch: () => import("./words_en.js") },
    fr: { name: "Français", fetch: () => import("./words_fr.js") },
};

/** @typedef {keyof typeof supportedLanguages} Language */

export const languages = /** @type {Language[]} */ (Object.keys(supportedLanguages));

/** @type {LanguageFile | null} */
let file = null;
/** @type {Language} */
let current = "en";
let plural = new Intl.PluralRules("en");
let numbers = new Intl.NumberFormat("en");

/** @returns {Language} */
export function language() {
    return current;
}

/** @param {Language} code */
export function languageName(code) {
    return supportedLanguages[code].name;
}

/**
 * @param {unknown} code
 * @returns {code is Language}
 */
export function isLanguage(code) {
    return languages.some((each) => each === code);
}

/**
 * The first of the wishes that there is.
 * @param {readonly string[]} wishes language tags, best first
 * @returns {Language}
 */
export function bestLanguage(wishes) {
    for (const wish of wishes) {
        const [base] = wish.toLowerCase().split("-");
        if (isLanguage(base))
            return base;
    }
    return "en";
}

/** @param {Language} chosen */
export async function setLanguage(chosen) {
    file = await supportedLanguages[chosen].fetch();
    current = chosen;
    plural = new Intl.PluralRules(chosen);
    numbers = new Intl.NumberFormat(chosen);
}

/** The tag by which dates are written in the language that is chosen. */
export function dateLocale() {
    return file?.dateLocale(globalThis.navigator?.languages ?? []) ?? current;
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
    const entry = file?.words[key] ?? key;
    const text = typeof entry === "string" ? entry
        : plural.select(Number(values.count)) === "one" ? entry.one : entry.other;
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
        const value = values[name];
        return value === undefined ? whole : typeof value === "number" ? number(value) : value;
    });
}

// SPDX-License-Identifier: Apache-2.0
// What a member chose for themselves and this browser remembers. Nothing of the jobs is ever kept.
import { isLanguage } from "./words.js";

const KEY = "jobtrail.preferences";

/**
 * @typedef {object} Preferences
 * @property {string[]} [columns] the names of the columns shown, in their order
 * @property {Record<string, number>} [widths] of columns that were sized, in pixels
 * @property {number} [limit] rows a page
 * @property {import("./words.js").Language} [language]
 * @property {"light" | "dark"} [theme]
 * @property {"relative" | "absolute"} [dates]
 * @property {boolean} [chart] whether it is open
 * @property {boolean} [keys] false: no shortcuts of a single key
 */

/** @returns {Preferences} */
function read() {
    try {
        const value = JSON.parse(localStorage.getItem(KEY) ?? "{}");
        return value && typeof value === "object" && !Array.isArray(value) ? checked(value) : {};
    } catch {
        return {}; // damaged, or a browser that keeps nothing
    }
}

/**
 * What is in the store may be older than we are, or somebody's experiment.
 * @param {Record<string, unknown>} value
 * @returns {Preferences}
 */
function checked(value) {
    const { columns, widths, limit, language, theme, dates, keys, chart } = value;
    return {
        ...(Array.isArray(columns) && { columns: columns.filter((c) => typeof c === "string") }),
        ...(typeof widths === "object" && widths !== null && { widths: numbersOf(widths) }),
        ...(typeof limit === "number" && { limit }),
        ...(isLanguage(language) && { language }),
        ...((theme === "light" || theme === "dark") && { theme }),
        ...((dates === "relative" || dates === "absolute") && { dates }),
        ...(typeof keys === "boolean" && { keys }),
        ...(typeof chart === "boolean" && { chart }),
    };
}

/** @param {object} value */
function numbersOf(value) {
    return Object.fromEntries(Object.entries(value).filter(([, each]) => Number.isFinite(each) && each > 0));
}

let current = read();

/** @returns {Readonly<Preferences>} */
export function preferences() {
    return current;
}

/** @param {Preferences} changes undefined forgets a choice */
export function prefer(changes) {
    current = { ...current, ...changes };
    try {
        localStorage.setItem(KEY, JSON.stringify(current));
    } catch {
        // It holds until the page is left.
    }
}

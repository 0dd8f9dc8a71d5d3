// SPDX-License-Identifier: Apache-2.0
// How wide columns are: by their words in the language that is chosen, as the browser draws them. And
// which are shown to who chose none: all that leave room for messages that can be read.
import { columns, usualNames, widthMax, widthMin } from "./columns.js";
import { duration, relative, short } from "./dates.js";
import { preferences } from "./preferences.js";
import { statuses } from "./view_state.js";
import { language, t } from "./words.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {Record<string, number>} Widths */
/** @typedef {{isSorted: boolean, isFiltered: boolean}} Marks on a head */

export const choicePx = 36;
export const actionsPx = 44;
const aroundPx = 52; // the page's edges, and a scroll bar
const narrowPx = 719; // a row is a card up to here: narrow.css

const paddingPx = 26; // and what numbers of one width take more
const headPx = 50; // its padding, and its menu's button
const sortPx = 17;
const filterPx = 16;
const iconPx = 22;
const errorPx = 30; // the button of a failed one's error

/** What can be told from the others, the most dispensable first, and the room for messages that it goes for. */
const dispensable = /** @type {const} */ ([["started", 290], ["finished", 290], ["updated", 200]]);

const pen = document.createElement("canvas").getContext("2d");
/** @type {Map<string, number>} */
const measured = new Map();

/**
 * @param {string} text
 * @param {string} [size]
 */
function textPx(text, size = "14px") {
    if (!pen)
        return text.length * 8;
    pen.font = `${size} ${getComputedStyle(document.documentElement).fontFamily}`;
    return pen.measureText(text).width;
}

/** @param {...string} texts */
function longestPx(...texts) {
    return Math.max(...texts.map((text) => textPx(text)));
}

/** @param {Column} column */
function contentPx({ name, isDate, widthPx }) {
    if (name === "status")
        return iconPx + Math.max(textPx(t("status.failed")) + errorPx,
            longestPx(t("status.cancelling"), ...statuses.map((status) => t(`status.${status}`))));
    if (name === "duration")
        return longestPx(...[3599, 86_399, 99 * 86_400].map(duration));
    if (!isDate)
        return widthPx;
    const now = Date.now();
    return preferences().dates === "absolute" ? textPx(short(new Date(now).toISOString()))
        : longestPx(...[59, 3599, 86_399, 29 * 86_400, 360 * 86_400].map((seconds) =>
            relative(new Date(now - seconds * 1000).toISOString(), now)));
}

/**
 * @param {Column} column
 * @returns {{content: number, head: number}}
 */
function ownWidths(column) {
    const key = (/** @type {string} */ what) => [what, column.name, language(), preferences().dates].join();
    if (!measured.has(key("content"))) {
        measured.set(key("content"), Math.ceil(contentPx(column) + paddingPx));
        measured.set(key("head"), Math.ceil(textPx(t(`column.${column.name}`), "600 13px") + headPx));
    }
    return { content: measured.get(key("content")) ?? 0, head: measured.get(key("head")) ?? 0 };
}

/**
 * As it was sized, or as wide as its words are.
 * @param {Column} column
 * @param {Widths} chosen
 * @param {Marks} marks
 */
export function widthOf(column, chosen, { isSorted, isFiltered }) {
    const width = chosen[column.name];
    if (width)
        return Math.min(Math.max(width, widthMin), widthMax);
    const { content, head } = ownWidths(column);
    return Math.max(content, head + (isSorted ? sortPx : 0) + (isFiltered ? filterPx : 0));
}

/**
 * The columns of who chose none, in a window so wide.
 * @param {number} windowPx
 */
export function usualColumns(windowPx) {
    const chosen = preferences().widths ?? {};
    const room = windowPx - aroundPx - choicePx - actionsPx;
    const marks = (/** @type {string} */ name) => ({ isSorted: name === "created", isFiltered: false });
    const taken = (/** @type {string[]} */ names) => columns
        .filter(({ name }) => names.includes(name) && name !== "message")
        .reduce((sum, column) => sum + widthOf(column, chosen, marks(column.name)), 0);
    let names = usualNames;
    for (const [name, messagePx] of windowPx > narrowPx ? dispensable : [])
        if (room - taken(names) < (chosen.message ?? messagePx))
            names = names.filter((each) => each !== name);
    return names;
}

// SPDX-License-Identifier: Apache-2.0
// The table's columns: which there are, how each is filtered, and which filter is on. A column's
// name is the API's sort key.

/** @typedef {import("./view_state.js").ColumnName} ColumnName */
/** @typedef {import("./view_state.js").View} View */

/**
 * @typedef {object} Column
 * @property {ColumnName} name
 * @property {"values" | "dates" | "duration" | "search" | "creator" | null} filter
 * @property {boolean} isDate
 * @property {number} widthPx of what services write into it, at least; message takes what is left
 */

/** In the usual order. @type {Record<ColumnName, Omit<Column, "name">>} */
const known = {
    processID: { filter: "values", isDate: false, widthPx: 72 },
    jobID: { filter: "search", isDate: false, widthPx: 150 },
    creator: { filter: "creator", isDate: false, widthPx: 106 },
    status: { filter: "values", isDate: false, widthPx: 0 },
    message: { filter: "search", isDate: false, widthPx: 124 },
    progress: { filter: null, isDate: false, widthPx: 90 },
    created: { filter: "dates", isDate: true, widthPx: 0 },
    started: { filter: "dates", isDate: true, widthPx: 0 },
    finished: { filter: "dates", isDate: true, widthPx: 0 },
    duration: { filter: "duration", isDate: false, widthPx: 0 },
    updated: { filter: "dates", isDate: true, widthPx: 0 },
};

/** @type {Column[]} all, in their order */
export const columns = /** @type {ColumnName[]} */ (Object.keys(known)).map((name) => ({ name, ...known[name] }));

/** What one may size a column to, in pixels. */
export const widthMin = 60;
export const widthMax = 900;

/** Shown where there is room and nobody chose: the others when they are asked for. */
export const usualNames = columns.map(({ name }) => /** @type {string} */ (name)).filter((name) => name !== "creator");

/**
 * @param {string[]} names
 * @returns {Column[]} in that order, never none
 */
export function columnsNamed(names) {
    const named = (/** @type {string[]} */ all) =>
        [...new Set(all)].flatMap((name) => columns.find((column) => column.name === name) ?? []);
    const shown = named(names);
    return shown.length ? shown : named(usualNames);
}

/**
 * @param {Column} column
 * @returns {Partial<View>} what a view has where its filter is off
 */
export function unfiltered({ name, filter }) {
    switch (filter) {
    case "search":
        return { q: "" };
    case "duration":
        return { minDuration: null, maxDuration: null };
    case "values":
        return { [name]: [] };
    default:
        return filter ? { [name]: "" } : {};
    }
}

/**
 * With another column, which comes behind those that usually stand before it.
 * @param {string[]} names
 * @param {string} name
 */
export function withColumn(names, name) {
    const usual = columns.map((column) => /** @type {string} */ (column.name));
    const before = usual.slice(0, usual.indexOf(name));
    return names.includes(name) ? names
        : movedTo([...names, name], name, names.findLastIndex((each) => before.includes(each)) + 1);
}

/**
 * @param {string[]} names
 * @param {string} name one of them
 * @param {number} place among the others
 */
export function movedTo(names, name, place) {
    return names.filter((each) => each !== name).toSpliced(place, 0, name);
}

/**
 * @param {Column} column
 * @param {View} view
 */
export function isFilterOn(column, view) {
    if (column.name === "creator" && view.creator === "me")
        return false; // "only mine" is seen in its own place
    const names = /** @type {(keyof View)[]} */ (Object.keys(unfiltered(column)));
    return names.some((name) => {
        const value = view[name];
        return Array.isArray(value) ? value.length > 0 : value !== "" && value !== null;
    });
}

/**
 * @param {Column} column
 * @param {View} view
 * @returns {View} from its beginning, without the filter of the column
 */
export function withoutFilter(column, view) {
    return { ...view, ...unfiltered(column), cursor: "" };
}

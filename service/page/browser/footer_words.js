// SPDX-License-Identifier: Apache-2.0
// What stands below the table: how many of how many jobs, and where the page is among the pages. The
// rows are as they were read, the total is by now: what parts them is said, so that it adds up.
import { number, t } from "./words.js";

/** @typedef {import("./api.js").JobList} JobList */

/**
 * @typedef {object} Now
 * @property {number} shown rows that still match
 * @property {number} left rows that do not any more
 * @property {number | null} total how many jobs match by now, where that is known
 */

/**
 * By how many more jobs match than the rows say. Only the last page says how many they were.
 * @param {JobList} read
 * @param {Now} now of which the total was counted just now
 */
export function sinceRead({ jobs, before, next }, { left, total }) {
    return next || before === null || total === null ? 0 : total - (before + jobs.length - left);
}

/**
 * @param {JobList} read
 * @param {Now} now
 * @param {number} [since]
 */
export function totalWords({ matched, moreThan }, { shown, left, total }, since = 0) {
    const all = total ?? (matched === null ? null : matched - left);
    // Rows change at once, the total a moment later.
    const words = [t("list.loaded", { count: shown,
        total: all === null ? t("list.moreThan", { number: moreThan }) : number(Math.max(all, shown)) })];
    if (left)
        words.push(t("list.leftRows", { count: left }));
    if (since)
        words.push(t(since > 0 ? "list.more" : "list.fewer", { count: Math.abs(since) }));
    return words.join(" · ");
}

/**
 * Which rows the page has, as it was read, and which page of how many it is, as far as that is known.
 * @param {JobList} read
 * @param {number} limit
 * @param {number | null} total by now
 */
export function placeWords({ jobs, before, matched, next }, limit, total) {
    if (before === null || !jobs.length)
        return "";
    const rows = t("list.rows", { from: before + 1, to: before + jobs.length });
    const all = total ?? matched;
    if (before % limit || (next && all === null))
        return rows;
    const page = before / limit + 1;
    const pages = next ? Math.max(Math.ceil((all ?? 0) / limit), page + 1) : page;
    return `${rows} · ${t("list.page", { page, pages })}`;
}

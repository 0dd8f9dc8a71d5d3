// SPDX-License-Identifier: Apache-2.0
// What is looked at, as the page's address has it: so a view can be sent to somebody. The names are
// those of the API; `columns` and `job` are the page's own. What is not understood is left out.

/**
 * @typedef {object} View
 * @property {string[]} status
 * @property {string[]} processID
 * @property {boolean} mine only the member's own jobs
 * @property {string} datetime an interval of creation as the API has it, or empty
 * @property {string} q
 * @property {string} sortby a name, behind - if it descends
 * @property {number | null} limit rows a page; null: as remembered
 * @property {string[] | null} columns the names of those shown; null: as remembered
 * @property {string} cursor where the page begins; empty: at the beginning
 * @property {string} job the id of the job whose details are open, or empty
 */

/** In the order of the API's sort by status. */
export const statuses = /** @type {const} */ (["accepted", "running", "successful", "failed", "dismissed"]);
/** @typedef {(typeof statuses)[number]} Status */

/** The API's sort keys, in the order of the table's columns. */
export const columnNames = /** @type {const} */ (["processID", "jobID", "status", "message", "progress",
    "created", "started", "finished", "updated"]);
/** @typedef {(typeof columnNames)[number]} ColumnName */

export const limits = [25, 50, 100];
export const defaultSort = "-created";
const typesMax = 32;
const textMax = 256; // bytes, as the API has it

/**
 * @param {string} name
 * @returns {name is ColumnName}
 */
function isColumnName(name) {
    return columnNames.some((each) => each === name);
}

/** @returns {View} */
export function defaultView() {
    return { status: [], processID: [], mine: false, datetime: "", q: "", sortby: defaultSort,
        limit: null, columns: null, cursor: "", job: "" };
}

/**
 * @param {string} search what stands behind the ? of an address
 * @returns {View}
 */
export function parseView(search) {
    const given = new URLSearchParams(search);
    const sortby = given.get("sortby") ?? "";
    const limit = Number(given.get("limit"));
    const columns = list(given, "columns").filter(isColumnName);
    return {
        status: statuses.filter((name) => list(given, "status").includes(name)),
        processID: list(given, "processID").slice(0, typesMax),
        mine: given.get("creator") === "me",
        datetime: interval(given.get("datetime") ?? ""),
        q: shortened(given.get("q") ?? ""),
        sortby: isColumnName(sortby.replace(/^-/, "")) ? sortby : defaultSort,
        limit: limits.includes(limit) ? limit : null,
        columns: columns.length ? columnNames.filter((name) => columns.includes(name)) : null,
        cursor: given.get("cursor") ?? "",
        job: given.get("job") ?? "",
    };
}

/**
 * The shortest address of a view.
 * @param {View} view
 * @returns {string} begins with ? unless it is empty
 */
export function formatView(view) {
    const out = filterQuery(view);
    if (view.sortby !== defaultSort)
        out.set("sortby", view.sortby);
    if (view.limit !== null)
        out.set("limit", String(view.limit));
    if (view.columns !== null)
        out.set("columns", view.columns.join(","));
    if (view.cursor)
        out.set("cursor", view.cursor);
    if (view.job)
        out.set("job", view.job);
    const text = out.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
    return text && `?${text}`;
}

/**
 * The filters alone, as list and stream take them.
 * @param {View} view
 */
export function filterQuery(view) {
    const out = new URLSearchParams();
    if (view.status.length)
        out.set("status", view.status.join(","));
    if (view.processID.length)
        out.set("processID", view.processID.join(","));
    if (view.mine)
        out.set("creator", "me");
    if (view.datetime)
        out.set("datetime", view.datetime);
    if (view.q)
        out.set("q", view.q);
    return out;
}

/**
 * The question to the API for the page of a view.
 * @param {View} view
 * @param {number} limit
 */
export function listQuery(view, limit) {
    const out = filterQuery(view);
    out.set("sortby", view.sortby);
    out.set("limit", String(limit));
    if (view.cursor)
        out.set("cursor", view.cursor);
    return out;
}

/** @param {View} view */
export function isFiltered(view) {
    return filterQuery(view).size > 0;
}

/**
 * @param {View} view
 * @returns {View} the same order and columns, without a filter, from the beginning
 */
export function withoutFilters(view) {
    return { ...view, status: [], processID: [], mine: false, datetime: "", q: "", cursor: "" };
}

/**
 * Whether two views show the same rows; columns and an open job change nothing about them.
 * @param {View} a
 * @param {View} b
 */
export function sameList(a, b) {
    return listQuery(a, a.limit ?? 0).toString() === listQuery(b, b.limit ?? 0).toString();
}

/**
 * @param {string} datetime
 * @returns {{from: string, to: string}} empty where it is open
 */
export function intervalEnds(datetime) {
    const [from = "", to = from] = datetime.split("/");
    return { from: from === ".." ? "" : from, to: to === ".." ? "" : to };
}

/**
 * @param {string} from
 * @param {string} to
 */
export function makeInterval(from, to) {
    return from || to ? `${from || ".."}/${to || ".."}` : "";
}

/**
 * @param {URLSearchParams} given
 * @param {string} name
 */
function list(given, name) {
    const values = given.getAll(name).flatMap((value) => value.split(","));
    return [...new Set(values.filter((value) => value !== ""))];
}

/**
 * At most as many bytes as the API takes, whole characters.
 * @param {string} text
 */
export function shortened(text) {
    const encoder = new TextEncoder();
    let left = textMax;
    let out = "";
    for (const character of text.slice(0, textMax)) {
        left -= encoder.encode(character).length;
        if (left < 0)
            break;
        out += character;
    }
    return out;
}

/** @param {string} text */
function interval(text) {
    const { from, to } = intervalEnds(text);
    const good = [from, to].every((end) => end === "" || !Number.isNaN(Date.parse(end)));
    return good && text.split("/").length <= 2 ? text && makeInterval(from, to) : "";
}

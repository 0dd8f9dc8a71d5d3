// SPDX-License-Identifier: Apache-2.0
// What is looked at, as the page's address has it: so a view can be sent to somebody. The names are
// those of the API; `columns` and `job` are the page's own. What is not understood is left out.

/**
 * @typedef {object} View
 * @property {string[]} status
 * @property {string[]} processID
 * @property {string} creator only this member's jobs, "me" is who looks; empty: anybody's
 * @property {string} created when: an interval as the API has it, or so long until now ("90m", "1h", "7d"); empty: any
 * @property {string} started likewise, as the next
 * @property {string} finished
 * @property {string} updated
 * @property {number | null} minDuration whole seconds from start to end, or to now; null: any
 * @property {number | null} maxDuration
 * @property {string} q
 * @property {string} sortby a name, behind - if it descends
 * @property {number | null} limit rows a page; null: as remembered
 * @property {string[] | null} columns the names of those shown, in their order; null: as remembered
 * @property {string} cursor where the page begins; empty: at the beginning
 * @property {string} job the id of the job whose details are open, or empty
 * @property {string} error likewise of the job whose error is open
 */

/** In the order of the API's sort by status. */
export const statuses = /** @type {const} */ (["accepted", "running", "successful", "failed", "dismissed"]);
/** @typedef {(typeof statuses)[number]} Status */

/** The API's sort keys, each a column of the table. */
export const columnNames = /** @type {const} */ (["processID", "jobID", "status", "message", "progress",
    "created", "started", "finished", "updated", "duration", "creator"]);
/** @typedef {(typeof columnNames)[number]} ColumnName */

/** What is filtered by moments. */
const moments = /** @type {const} */ (["created", "started", "finished", "updated"]);

export const limits = [25, 50, 100];
export const defaultSort = "-created";
const typesMax = 32;
const idMax = 255; // bytes, as the next
const textMax = 256; // bytes, as the API has it
const secondsMax = 2_147_483_647;
const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * @param {string} name
 * @returns {name is ColumnName}
 */
function isSortKey(name) {
    return columnNames.some((each) => each === name);
}

/** @returns {View} */
export function defaultView() {
    return { status: [], processID: [], creator: "", created: "", started: "", finished: "", updated: "",
        minDuration: null, maxDuration: null, q: "", sortby: defaultSort, limit: null, columns: null,
        cursor: "", job: "", error: "" };
}

/**
 * @param {string} search what stands behind the ? of an address
 * @returns {View}
 */
export function parseView(search) {
    const given = new URLSearchParams(search);
    const sortby = given.get("sortby") ?? "";
    const limit = Number(given.get("limit"));
    const columns = list(given, "columns").filter(isSortKey);
    return {
        status: statuses.filter((name) => list(given, "status").includes(name)),
        processID: types(given).slice(0, typesMax),
        creator: shortened(given.get("creator") ?? "", idMax),
        created: span(given.get("within") ?? "") || span(given.get("datetime") ?? ""),
        started: span(given.get("started") ?? ""),
        finished: span(given.get("finished") ?? ""),
        updated: span(given.get("updated") ?? ""),
        minDuration: seconds(given, "minDuration"),
        maxDuration: seconds(given, "maxDuration"),
        q: shortened(given.get("q") ?? ""),
        sortby: isSortKey(sortby.replace(/^-/, "")) ? sortby : defaultSort,
        limit: limits.includes(limit) ? limit : null,
        columns: columns.length ? columns : null,
        cursor: given.get("cursor") ?? "",
        job: given.get("job") ?? "",
        error: given.get("error") ?? "",
    };
}

/**
 * The shortest address of a view.
 * @param {View} view
 * @returns {string} begins with ? unless it is empty
 */
export function formatView(view) {
    const out = new URLSearchParams();
    setFilters(out, view, (name, value) =>
        out.set(name === "created" ? withinMs(value) ? "within" : "datetime" : name, value));
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
    if (view.error)
        out.set("error", view.error);
    const text = out.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
    return text && `?${text}`;
}

/**
 * The filters alone, as list and stream take them.
 * @param {View} view
 * @param {number} [nowMs]
 */
export function filterQuery(view, nowMs = Date.now()) {
    const out = new URLSearchParams();
    setFilters(out, view, (name, value) => out.set(name === "created" ? "datetime" : name,
        withinMs(value) ? makeInterval(spanFrom(value, nowMs), "") : value));
    return out;
}

/**
 * @param {URLSearchParams} out
 * @param {View} view
 * @param {(name: (typeof moments)[number], value: string) => void} setMoment
 */
function setFilters(out, view, setMoment) {
    if (view.status.length)
        out.set("status", view.status.join(","));
    if (view.processID.length)
        out.set("processID", view.processID.map((type) => type.replace(/[\\,]/g, "\\$&")).join(","));
    if (view.creator)
        out.set("creator", view.creator);
    for (const name of moments)
        if (view[name])
            setMoment(name, view[name]);
    for (const name of /** @type {const} */ (["minDuration", "maxDuration"]))
        if (view[name] !== null)
            out.set(name, String(view[name]));
    if (view.q)
        out.set("q", view.q);
}

/**
 * The question to the API for the page of a view.
 * @param {View} view
 * @param {number} limit
 * @param {number} [nowMs]
 */
export function listQuery(view, limit, nowMs) {
    const out = filterQuery(view, nowMs);
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
    const { sortby, limit, columns, job, error } = view;
    return { ...defaultView(), sortby, limit, columns, job, error };
}

/**
 * @param {View} view
 * @returns {View} its filters alone
 */
export function filtersAlone(view) {
    const { sortby, limit, columns, cursor, job, error } = defaultView();
    return { ...view, sortby, limit, columns, cursor, job, error };
}

/**
 * Whether two views show the same rows; columns and an open job change nothing about them.
 * @param {View} a
 * @param {View} b
 */
export function sameList(a, b) {
    const [first, second] = [a, b].map((view) => formatView({ ...view, columns: null, job: "", error: "" }));
    return first === second;
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
 * @param {URLSearchParams} given
 * @param {string} name
 */
function seconds(given, name) {
    const text = given.get(name) ?? "";
    return /^\d{1,10}$/.test(text) ? Math.min(Number(text), secondsMax) : null;
}

/**
 * As the API has them: a comma or a backslash in one has a backslash in front of it.
 * @param {URLSearchParams} given
 */
function types(given) {
    const values = given.getAll("processID").flatMap((value) => value.match(/(\\[\\,]|[^,])+/g) ?? []);
    return [...new Set(values.map((value) => value.replace(/\\([\\,])/g, "$1")))];
}

/**
 * @param {string} within
 * @returns {number} 0: it says nothing
 */
function withinMs(within) {
    const [, count, unit] = /^([1-9]\d{0,3})([mhd])$/.exec(within) ?? [];
    return Number(count ?? 0) * unitsMs[/** @type {keyof typeof unitsMs} */ (unit ?? "m")];
}

/**
 * @param {string} value of a view
 * @returns {boolean} it follows the time
 */
export function isRelative(value) {
    return withinMs(value) > 0;
}

/**
 * @param {string} within
 * @param {number} nowMs
 */
export function spanFrom(within, nowMs) {
    return new Date(nowMs - withinMs(within)).toISOString();
}

/**
 * What is outside a view's filters as soon as time passes; null: nothing is.
 * @param {View} view
 * @param {number} nowMs
 * @returns {((job: import("./job.js").Job) => boolean) | null}
 */
export function outlived(view, nowMs) {
    const relative = moments.filter((name) => isRelative(view[name]));
    const { maxDuration } = view;
    if (!relative.length && maxDuration === null)
        return null;
    return (job) => relative.some((name) => Date.parse(job[name] ?? "") < nowMs - withinMs(view[name])) ||
        (maxDuration !== null && !job.finished && nowMs - Date.parse(job.started ?? "") > maxDuration * 1000);
}

/**
 * At most as many bytes as the API takes, whole characters.
 * @param {string} text
 * @param {number} [most]
 */
export function shortened(text, most = textMax) {
    const encoder = new TextEncoder();
    let left = most;
    let out = "";
    for (const character of text.slice(0, most)) {
        left -= encoder.encode(character).length;
        if (left < 0)
            break;
        out += character;
    }
    return out;
}

/** @param {string} text */
function span(text) {
    if (isRelative(text))
        return text;
    const { from, to } = intervalEnds(text);
    const good = [from, to].every((end) => end === "" || !Number.isNaN(Date.parse(end)));
    return good && text.split("/").length <= 2 ? text && makeInterval(from, to) : "";
}

/**
 * The address of a job alone, relative to the page's.
 * @param {string} id
 */
export function jobAddress(id) {
    return formatView({ ...defaultView(), job: id });
}

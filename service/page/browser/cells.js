// SPDX-License-Identifier: Apache-2.0
// The cells of a row. Each is made once and knows its text nodes; an update writes only what
// differs, so that fifty changes a second cost next to nothing.
import { durationOf, exact, relative, short } from "./dates.js";
import { make, setAttribute, setText, visible } from "./dom.js";
import { draw, icon } from "./icons.js";
import { isFinished, shownStatus, whyNoCreator } from "./job.js";
import { makeNote } from "./note.js";
import { preferences } from "./preferences.js";
import { serverClock } from "./server_clock.js";
import { jobAddress } from "./view_state.js";
import { t } from "./words.js";

/** @typedef {import("./list.js").Row} Row */
/** @typedef {import("./columns.js").ColumnName} ColumnName */

/**
 * @typedef {object} Cell
 * @property {HTMLTableCellElement} cell
 * @property {(row: Row, nowMs: number) => void} update
 */

/**
 * @typedef {object} RowActions
 * @property {(row: Row) => void} details
 * @property {(row: Row) => void} error
 * @property {(row: Row, button: HTMLElement) => void} menu
 * @property {import("./choice.js").Choice} choice
 * @property {string} myName what the member's token calls them, or empty
 */

/**
 * @param {ColumnName} name
 * @param {() => Row} current the row as it is when a button is pressed
 * @param {RowActions} actions
 * @returns {Cell}
 */
export function makeCell(name, current, actions) {
    switch (name) {
    case "processID":
        return textCell("type", (row) => row.job.processID, () => "row.unknownType");
    case "jobID":
        return idCell(current, actions);
    case "status":
        return statusCell(current, actions);
    case "creator":
        return textCell("creator", ({ job }) => whyNoCreator(job) ? undefined : creatorName(job, actions.myName),
            ({ job }) => whyNoCreator(job), ({ job }) => job.createdByMe ? job.creatorID : undefined);
    case "duration":
        return durationCell();
    case "message":
        return textCell("message", (row) => row.job.message, () => null);
    case "progress":
        return progressCell();
    default:
        return dateCell(name);
    }
}

/**
 * Only of the member who looks is more known than the id.
 * @param {import("./job.js").Job} job
 * @param {string} myName
 */
function creatorName({ creatorID = "", createdByMe }, myName) {
    return createdByMe ? t("details.creatorMe", { creator: myName || creatorID }) : creatorID;
}

/**
 * @param {string} names
 * @param {(row: Row) => string | undefined} read
 * @param {(row: Row) => import("./words.js").Key | null} ifAbsent
 * @param {(row: Row) => string | undefined} [readTitle] what is said on demand, where it is not the same
 * @returns {Cell}
 */
function textCell(names, read, ifAbsent, readTitle) {
    const text = make("bdi", { class: "cut" });
    const cell = make("td", { class: `cell-${names}`, role: "cell" }, text);
    return { cell, update: (row) => {
        const value = read(row);
        const absent = value === undefined ? ifAbsent(row) : null;
        const shown = value === undefined ? absent ? t(absent) : "" : visible(value);
        setText(text, shown);
        const title = readTitle?.(row);
        setAttribute(text, "title", title ? visible(title) : shown.length > 12 ? shown : null);
        text.classList.toggle("quiet", value === undefined);
    } };
}

/**
 * @param {() => Row} current
 * @param {RowActions} actions
 * @returns {Cell}
 */
function idCell(current, actions) {
    const text = make("bdi");
    // A link, so that it can be opened in another tab and copied as any.
    const button = make("a", { class: "link cut", "data-focus": "row", on: { click: (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
            return;
        event.preventDefault();
        actions.details(current());
    } } }, text);
    const cell = make("th", { class: "cell-id", scope: "row", role: "rowheader" }, button);
    return { cell, update: (row) => {
        setText(text, visible(row.job.jobID));
        setAttribute(button, "title", visible(row.job.jobID));
        setAttribute(button, "href", jobAddress(row.job.jobID));
    } };
}

/**
 * @param {() => Row} current
 * @param {RowActions} actions
 * @returns {Cell}
 */
function statusCell(current, actions) {
    const drawing = icon("accepted");
    const word = make("span");
    const status = make("span", { class: "status" }, drawing, word);
    const error = make("button", { class: "icon-button small", type: "button", hidden: true,
        "data-focus": "error", on: { click: () => actions.error(current()) } }, icon("text"));
    const note = makeNote();
    const cell = make("td", { class: "cell-status", role: "cell" },
        make("div", { class: "status-line" }, status, error), note.element);
    return { cell, update: (row) => {
        const { job } = row;
        const shown = shownStatus(job);
        draw(drawing, shown.icon);
        setText(word, t(shown.word));
        setAttribute(status, "class", `status kind-${shown.kind}`);
        error.hidden = job.status !== "failed";
        const label = t("row.error", { id: visible(job.jobID) });
        setAttribute(error, "aria-label", label);
        setAttribute(error, "title", label);
        note.update(row);
    } };
}

/** @returns {Cell} */
function progressCell() {
    const fill = make("div", { class: "fill" });
    const number = make("span", { class: "number" });
    const bar = make("div", { class: "bar", "aria-hidden": "true" }, fill);
    const cell = make("td", { class: "cell-progress", role: "cell" },
        make("div", { class: "progress" }, bar, number));
    return { cell, update: ({ job }) => {
        const moves = job.progress === undefined && job.status === "running";
        const kind = isFinished(job) ? job.status : "open";
        setAttribute(bar, "class", `bar bar-${kind}${moves ? " moving" : ""}`);
        bar.hidden = job.progress === undefined && !moves;
        const scale = moves ? "" : `scaleX(${(job.progress ?? 0) / 100})`;
        if (fill.style.transform !== scale)
            fill.style.transform = scale;
        setText(number, progressWords(job.progress, moves));
        number.classList.toggle("unseen", job.progress === undefined);
    } };
}

/**
 * @param {number | undefined} progress
 * @param {boolean} moves
 */
function progressWords(progress, moves) {
    if (progress !== undefined)
        return t("row.progress", { number: progress });
    return t(moves ? "row.progressUnknown" : "row.noProgress");
}

/** @returns {Cell} */
function durationCell() {
    const text = make("span");
    const cell = make("td", { class: "cell-date", role: "cell", "data-head": t("column.duration") }, text);
    return { cell, update: ({ job }) => setText(text, job.started ? durationOf(job, serverClock.now()) : "") };
}

/**
 * @param {"created" | "started" | "finished" | "updated"} name
 * @returns {Cell}
 */
function dateCell(name) {
    const time = make("time");
    const cell = make("td", { class: "cell-date", role: "cell", "data-head": t(`column.${name}`) }, time);
    return { cell, update: ({ job }, nowMs) => {
        const moment = job[name];
        setText(time, moment === undefined ? ""
            : preferences().dates === "absolute" ? short(moment) : relative(moment, nowMs));
        if (time.getAttribute("datetime") === (moment ?? null))
            return; // the exact words cost more than the rest of the row
        setAttribute(time, "datetime", moment);
        setAttribute(time, "title", moment === undefined ? null : exact(moment));
    } };
}

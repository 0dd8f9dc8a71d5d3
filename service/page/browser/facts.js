// SPDX-License-Identifier: Apache-2.0
// A job's whole row, as a list of names and values.
import { durationOf, exact, relative } from "./dates.js";
import { foreign, make, setText } from "./dom.js";
import { icon } from "./icons.js";
import { resultOf, shownStatus, whyNoCreator } from "./job.js";
import { makeLongNote } from "./note.js";
import { serverClock } from "./server_clock.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * Status, progress, and what else is to be said, in a line; update() as time passes.
 * @param {Job} job
 */
export function statusLine(job) {
    const shown = shownStatus(job);
    const note = makeLongNote(job);
    const element = make("p", { class: "status-line" },
        make("span", { class: `status kind-${shown.kind}` }, icon(shown.icon), t(shown.word)),
        job.progress === undefined ? null
            : make("span", { class: "number", text: t("row.progress", { number: job.progress }) }),
        note.element);
    return { element, update: note.update };
}

/** @param {Job} job */
export function facts(job) {
    return make("dl", { class: "facts" },
        ...job.message ? fact(t("column.message"), foreign(job.message)) : [],
        ...resultFact(job),
        ...dateFact("created", job), ...dateFact("started", job), ...dateFact("finished", job),
        ...fact(t("details.duration"), make("span", {
            "data-since": job.finished ? undefined : job.started, text: durationOf(job, serverClock.now()) })),
        ...dateFact("updated", job),
        ...fact(t("details.creator"), foreign(creatorOf(job))),
        ...fact(t("details.attempt"), String(job.attempt)),
        ...job.finished ? [] : fact(t("details.cancellable"), t(job.cancellable ? "details.yes" : "details.no")));
}

/**
 * @param {string} name
 * @param {Node | string} value
 */
function fact(name, value) {
    return [make("dt", { text: name }), make("dd", {}, value)];
}

/** Opened beside this page, which the other one is told nothing of. @param {Job} job */
function resultFact(job) {
    const result = resultOf(job);
    return result ? fact(t("details.result"), make("a", { class: "result", href: result, target: "_blank",
        rel: "noopener noreferrer" }, foreign(result))) : [];
}

/**
 * @param {"created" | "started" | "finished" | "updated"} name
 * @param {Job} job
 */
function dateFact(name, job) {
    const moment = job[name];
    return fact(t(`column.${name}`), moment === undefined ? t("details.none")
        : make("time", { datetime: moment }, exact(moment),
            make("span", { class: "quiet", "data-moment": moment, text: ago(moment) })));
}

/** @param {string} moment */
function ago(moment) {
    return ` · ${relative(moment, Date.now())}`;
}

/**
 * Time passes: what says how long ago, or for how long, follows.
 * @param {Element} place
 */
export function passTime(place) {
    for (const element of place.querySelectorAll("[data-moment], [data-since]")) {
        const moment = element.getAttribute("data-moment");
        const started = element.getAttribute("data-since") ?? undefined;
        setText(element, moment === null ? durationOf({ started }, serverClock.now()) : ago(moment));
    }
}

/** @param {Job} job */
function creatorOf(job) {
    const { creatorID, createdByMe } = job;
    const why = whyNoCreator(job);
    if (why || !creatorID)
        return t(why ?? "details.creatorUnknown");
    return createdByMe ? t("details.creatorMe", { creator: creatorID }) : creatorID;
}

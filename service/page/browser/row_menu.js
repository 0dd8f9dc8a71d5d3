// SPDX-License-Identifier: Apache-2.0
// The ⋮ of a row: details, copy id, error, cancel. Cancel is always there; where it cannot be, it
// says why.
import { notify } from "./announce.js";
import { shortened, visible } from "./dom.js";
import { resultOf, whyNoCreator, whyNotCancel } from "./job.js";
import { openMenu } from "./menu.js";
import { jobAddress } from "./view_state.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * @typedef {object} RowMenuActions
 * @property {(job: Job) => void} details
 * @property {(job: Job) => void} error
 * @property {(job: Job) => void} cancel
 * @property {(job: Job) => void} [onlyOf] those of its creator alone; absent: the member sees no others
 */

/**
 * @param {Job} job
 * @param {HTMLElement} button
 * @param {RowMenuActions} actions
 */
export function openRowMenu(job, button, actions) {
    openMenu(button, t("row.menu", { id: visible(job.jobID) }), [
        { label: t("row.details"), icon: "details", choose: () => actions.details(job) },
        { label: t("row.newTab"), icon: "open", href: jobAddress(job.jobID) },
        { label: t("row.copyLink"), icon: "copy",
            choose: () => void copy(new URL(jobAddress(job.jobID), location.href).href, t("copy.link")) },
        { label: t("row.copyId"), icon: "copy",
            choose: () => void copy(job.jobID, t("copy.done", { job: jobName(job) }), visible(job.jobID)) },
        ...job.status === "failed"
            ? [{ label: t("row.showError"), icon: "text", choose: () => actions.error(job) }] : [],
        ...resultOf(job) ? [{ label: t("row.result"), icon: "open", href: resultOf(job) }] : [],
        ...actions.onlyOf && !whyNoCreator(job)
            ? [{ label: t("row.onlyOf", { creator: visible(job.creatorID ?? "") }), icon: "person",
                choose: () => actions.onlyOf?.(job) }] : [],
        {},
        { label: t(job.cancelling === "unanswered" ? "row.cancelAgain" : "row.cancel"),
            icon: "cancelling", danger: true, whyNot: whyNotWords(job),
            choose: () => actions.cancel(job) },
    ]);
}

/**
 * In a sentence: its type and as much of its id as tells it from others.
 * @param {Job} job
 */
export function jobName({ processID, jobID }) {
    return `${processID === undefined ? "" : `${shortened(processID, 20, 8)} `}${shortened(jobID)}`;
}

/**
 * @param {Job} job
 * @returns {string | undefined} undefined: it can be cancelled
 */
export function whyNotWords(job) {
    const why = whyNotCancel(job);
    return why ? t(why, { creator: visible(job.creatorID ?? "") }) : undefined;
}

/**
 * In a notice.
 * @param {Job} job
 */
export function tellWhyNot(job) {
    const why = whyNotCancel(job);
    if (why)
        notify(t(why, { creator: shortened(job.creatorID ?? "") }), whyNotWords(job));
}

/**
 * @param {string} text
 * @param {string} done
 * @param {string} [whole] of what is shortened in that
 */
export async function copy(text, done, whole) {
    try {
        await navigator.clipboard.writeText(text);
        notify(done, whole);
    } catch {
        notify(t("error.notCopied"));
    }
}

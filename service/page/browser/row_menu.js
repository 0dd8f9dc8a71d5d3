// SPDX-License-Identifier: Apache-2.0
// The ⋮ of a row: details, copy id, error, cancel. Cancel is always there; where it cannot be, it
// says why.
import { notify } from "./announce.js";
import { visible } from "./dom.js";
import { whyNotCancel } from "./job.js";
import { openMenu } from "./menu.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * @typedef {object} RowMenuActions
 * @property {(job: Job) => void} details
 * @property {(job: Job) => void} error
 * @property {(job: Job) => void} cancel
 */

/**
 * @param {Job} job
 * @param {HTMLElement} button
 * @param {RowMenuActions} actions
 */
export function openRowMenu(job, button, actions) {
    openMenu(button, t("row.menu", { id: visible(job.jobID) }), [
        { label: t("row.details"), icon: "details", choose: () => actions.details(job) },
        { label: t("row.copyId"), icon: "copy", choose: () => void copy(job.jobID, idCopied(job)) },
        ...job.status === "failed"
            ? [{ label: t("row.showError"), icon: "text", choose: () => actions.error(job) }] : [],
        {},
        { label: t(job.cancelling === "unanswered" ? "row.cancelAgain" : "row.cancel"),
            icon: "cancelling", danger: true, whyNot: whyNotWords(job),
            choose: () => actions.cancel(job) },
    ]);
}

/** @param {Job} job */
function idCopied(job) {
    return t("copy.done", { id: visible(job.jobID) });
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
 * @param {string} text
 * @param {string} done
 */
export async function copy(text, done) {
    try {
        await navigator.clipboard.writeText(text);
        notify(done);
    } catch {
        notify(t("error.notCopied"));
    }
}

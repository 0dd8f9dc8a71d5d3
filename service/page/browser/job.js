// SPDX-License-Identifier: Apache-2.0
// A job as the API tells of it, and what follows from it for whoever looks.

/**
 * @typedef {object} Job
 * @property {string} jobID
 * @property {import("./view_state.js").Status} status
 * @property {string} [processID] its type; not known before its creation
 * @property {string} [message]
 * @property {number} [progress]
 * @property {string} [created]
 * @property {string} [started]
 * @property {string} [finished]
 * @property {string} [updated]
 * @property {{title?: string, code?: string, detail?: string}} [exception]
 * @property {number} attempt
 * @property {string} [creatorID]
 * @property {boolean} createdByMe
 * @property {boolean} creatorDisputed
 * @property {boolean} cancellable
 * @property {"open" | "unanswered"} [cancelling]
 * @property {true} [overtaken] it was to be cancelled, and ended otherwise
 * @property {boolean} [silent]
 * @property {string} [silentFrom] when it will be, or has become, silent unless it is heard of
 * @property {string} [resultURI]
 * @property {{href: string, rel: string}[]} [links]
 */

/** @typedef {import("./words.js").Key} Key */
/** @typedef {{word: Key, explained: Key}} Note */

/** @param {Job} job */
export function isFinished(job) {
    return job.status === "successful" || job.status === "failed" || job.status === "dismissed";
}

/**
 * The later of two that were heard of a job: an answer may come after news that it does not know.
 * @param {Job} before
 * @param {Job} heard
 * @returns {Job}
 */
export function laterOf(before, heard) {
    const isOlder = heard.attempt < before.attempt ||
        heard.attempt === before.attempt && isFinished(before) && !isFinished(heard);
    return isOlder ? before : heard;
}

/**
 * Where its result is: an address of the web, or none.
 * @param {Job} job
 * @returns {string}
 */
export function resultOf({ resultURI }) {
    const address = resultURI && URL.canParse(resultURI) ? new URL(resultURI) : null;
    return address && /^https?:$/.test(address.protocol) ? address.href : "";
}

/**
 * @param {Job} job
 * @returns {Key | null} null: it has a creator that is known
 */
export function whyNoCreator({ creatorID, creatorDisputed }) {
    if (creatorID === "(erased)")
        return "details.creatorErased";
    if (creatorDisputed)
        return "details.creatorDisputed";
    return creatorID ? null : "details.creatorUnknown";
}

/**
 * The word and icon for a job's status; a job that was told to stop is cancelling.
 * @param {Job} job
 * @returns {{icon: string, word: Key, kind: string}}
 */
export function shownStatus(job) {
    if (job.cancelling && !isFinished(job))
        return { icon: "cancelling", word: "status.cancelling", kind: "cancelling" };
    return { icon: job.status, word: `status.${job.status}`, kind: job.status };
}

/**
 * The service said so, or would by now.
 * @param {Job} job
 * @param {number} serverMs the service's time
 */
export function isSilent(job, serverMs) {
    if (isFinished(job))
        return false;
    return job.silent === true ||
        job.silentFrom !== undefined && serverMs > Date.parse(job.silentFrom);
}

/**
 * What is to be said besides the status.
 * @param {Job} job
 * @param {number} serverMs the service's time
 * @returns {Note | null}
 */
export function shownNote(job, serverMs) {
    if (job.cancelling === "unanswered" && !isFinished(job))
        return { word: "note.unanswered", explained: "note.unanswered.long" };
    if (isSilent(job, serverMs))
        return { word: "note.silent", explained: "note.silent.long" };
    if (job.overtaken)
        return { word: "note.overtaken", explained: "note.overtaken.long" };
    return null;
}

/**
 * Why a member cannot cancel a job, in the order in which the service judges; null: they can.
 * @param {Job} job
 * @returns {Key | null}
 */
export function whyNotCancel(job) {
    if (job.creatorDisputed)
        return "cannot.disputed";
    if (!job.createdByMe)
        return job.creatorID ? "cannot.notMine" : "cannot.nobodys";
    if (isFinished(job))
        return "cannot.finished";
    if (!job.cancellable)
        return "cannot.notCancellable";
    return job.cancelling === "open" ? "cannot.asked" : null;
}

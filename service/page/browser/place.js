// SPDX-License-Identifier: Apache-2.0
// Whether a job that the table does not show has its place on the page shown: it came, or its
// place changed, since the page was read. Orders as the service does.
import { serverClock } from "./server_clock.js";
import { statuses } from "./view_state.js";

/** @typedef {import("./job.js").Job} Job */

const never = "9999-12-31T23:59:59.999999Z"; // the service has a missing time as infinity

/**
 * @param {Job} job
 * @param {string} name a sort key
 * @returns {string | number}
 */
function keyOf(job, name) {
    switch (name) {
    case "created":
        return job.created ?? never;
    case "started":
        return job.started ?? never;
    case "finished":
        return job.finished ?? never;
    case "updated":
        return job.finished ?? job.updated ?? never;
    case "status":
        return statuses.indexOf(job.status);
    case "progress":
        return job.progress ?? -1;
    case "duration":
        return lastedMs(job);
    case "creator":
        return job.creatorID ?? "";
    case "processID":
        return job.processID ?? "";
    case "message":
        return job.message ?? "";
    default:
        return job.jobID;
    }
}

/** What runs goes on. @param {Job} job */
function lastedMs({ started, finished }) {
    return started ? Math.max((finished ? Date.parse(finished) : serverClock.now()) - Date.parse(started), 0) : -1;
}

/**
 * @param {Job} a
 * @param {Job} b
 * @param {string} sortby
 * @returns {number} negative: a stands before b
 */
export function compareJobs(a, b, sortby) {
    const name = sortby.replace(/^-/, "");
    const sign = sortby.startsWith("-") ? -1 : 1;
    const [first, second] = [keyOf(a, name), keyOf(b, name)];
    const [left, right] = first === second ? [a.jobID, b.jobID] : [first, second];
    return left === right ? 0 : left < right ? -sign : sign;
}

/**
 * Whether two states of a job stand at one place in the order.
 * @param {Job} a
 * @param {Job} b
 * @param {string} sortby
 */
export function hasSameKey(a, b, sortby) {
    const name = sortby.replace(/^-/, "");
    // What lasts only because time passes keeps its place until the list is read again.
    return name === "duration" ? a.started === b.started && a.finished === b.finished
        : keyOf(a, name) === keyOf(b, name);
}

/**
 * @typedef {object} Page
 * @property {Job[]} jobs in order, as they were when the page was read
 * @property {string} sortby
 * @property {boolean} isFirst
 * @property {boolean} isLast
 */

/**
 * @param {Job} job not among the page's
 * @param {Page} page
 */
export function belongsOn(job, { jobs, sortby, isFirst, isLast }) {
    const first = jobs[0];
    const last = jobs[jobs.length - 1];
    if (!first || !last)
        return isFirst;
    return (isFirst || compareJobs(job, first, sortby) > 0) &&
        (isLast || compareJobs(job, last, sortby) < 0);
}

// SPDX-License-Identifier: Apache-2.0
// The page of jobs that is shown, and what the stream said since it was read. Rows change in
// place; their order and number do not, until the list is read again. No document is touched here.
import { isFinished } from "./job.js";
import { belongsOn } from "./place.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * @typedef {object} Row
 * @property {Job} job
 * @property {boolean} left it no longer matches the filters; it is shown as what it became
 * @property {boolean} overtaken it was cancelling, and ended otherwise
 */

const newMax = 1000; // more are "more than"

export class List {
    constructor() {
        /** @type {Map<string, Row>} in the order of the page */
        this.rows = new Map();
        /** @type {Map<string, Job>} what belongs on the page, or is newer than all of it */
        this.arrived = new Map();
        this.arrivedMany = false;
        /** @type {import("./api.js").JobList | null} */
        this.read = null;
        /** @type {import("./place.js").Page} */
        this.page = { jobs: [], sortby: "-created", isFirst: true, isLast: true };
        this.newest = "";
    }

    /**
     * The list was read.
     * @param {import("./api.js").JobList} read
     * @param {string} sortby
     */
    take(read, sortby) {
        const before = this.rows;
        this.read = read;
        this.rows = new Map(read.jobs.map((job) => [job.jobID,
            { job, left: false, overtaken: wasOvertaken(before.get(job.jobID), job) }]));
        this.page = { jobs: read.jobs, sortby, isFirst: !read.previous, isLast: !read.next };
        this.newest = read.freshness.asOf ?? newestOf(read.jobs);
        this.arrived = new Map();
        this.arrivedMany = false;
    }

    /**
     * A job as it is now.
     * @param {Job} job
     * @returns {Row | null} the row that changed, if it is shown
     */
    put(job) {
        const row = this.rows.get(job.jobID);
        if (row) {
            row.overtaken = wasOvertaken(row, job);
            row.job = job;
            row.left = false;
            return row;
        }
        if (this.arrived.size >= newMax && !this.arrived.has(job.jobID))
            this.arrivedMany = true;
        else if (this.isNew(job) || belongsOn(job, this.page))
            this.arrived.set(job.jobID, job);
        else
            this.arrived.delete(job.jobID);
        return null;
    }

    /**
     * A job that changed and is outside the filters, as it is now.
     * @param {Job} job
     * @returns {Row | null}
     */
    gone(job) {
        this.arrived.delete(job.jobID);
        const row = this.rows.get(job.jobID);
        if (!row)
            return null;
        row.overtaken = wasOvertaken(row, job);
        row.job = job;
        row.left = true;
        return row;
    }

    /** How many jobs arrived, and whether each was created since the list was read; how many rows left. */
    news() {
        let areNew = true;
        for (const job of this.arrived.values())
            areNew &&= this.isNew(job);
        const left = [...this.rows.values()].filter((row) => row.left).length;
        return { count: this.arrived.size, many: this.arrivedMany, areNew, left };
    }

    /** @param {Job} job */
    isNew(job) {
        return job.created !== undefined && job.created > this.newest;
    }
}

/** @param {Job[]} jobs */
function newestOf(jobs) {
    return jobs.reduce((newest, { created }) => created && created > newest ? created : newest, "");
}

/**
 * @param {Row | undefined} before
 * @param {Job} job
 */
function wasOvertaken(before, job) {
    if (!before || !isFinished(job) || job.status === "dismissed" || before.job.attempt !== job.attempt)
        return false;
    return before.overtaken || before.job.cancelling !== undefined;
}

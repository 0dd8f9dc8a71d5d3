// SPDX-License-Identifier: Apache-2.0
// The page of jobs that is shown, and what the stream said since it was read. Rows change in
// place; their order and number do not, until the list is read again. No document is touched here.
import { belongsOn, compareJobs, hasSameKey } from "./place.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * @typedef {object} Row
 * @property {Job} job
 * @property {Job} read as the list had it, where it stands now
 * @property {boolean} left it no longer matches the filters; it is shown as what it became
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
        this.read = read;
        this.rows = new Map(read.jobs.map((job) => [job.jobID, { job, read: job, left: false }]));
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
        const row = this.tell(job);
        if (row) {
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
     * A job as it is now; whether it matches the filters was not asked.
     * @param {Job} job
     * @returns {Row | null}
     */
    tell(job) {
        const row = this.rows.get(job.jobID);
        if (!row)
            return null;
        row.job = job;
        return row;
    }

    /**
     * A job that changed and is outside the filters, as it is now.
     * @param {Job} job
     * @returns {Row | null}
     */
    gone(job) {
        this.arrived.delete(job.jobID);
        const row = this.tell(job);
        if (row)
            row.left = true;
        return row;
    }

    /**
     * How many jobs arrived, and whether each was created since the list was read; how many rows
     * left, and how many stand where the order would not have them any more.
     */
    news() {
        let areNew = true;
        for (const job of this.arrived.values())
            areNew &&= this.isNew(job);
        const left = [...this.rows.values()].filter((row) => row.left).length;
        return { count: this.arrived.size, many: this.arrivedMany, areNew, left,
            misplaced: this.misplaced() };
    }

    /**
     * Time passed: some left the view by that alone.
     * @param {(job: Job) => boolean} leaves
     * @returns {Row[]} those that did just now
     */
    expire(leaves) {
        const expired = [...this.rows.values()].filter(({ job, left }) => !left && leaves(job));
        for (const row of expired)
            row.left = true;
        return expired;
    }

    /** How many of the rows are shown and match the filters. */
    get matching() {
        return [...this.rows.values()].filter((row) => !row.left).length;
    }

    /** Only rows whose key changed are looked at: of others the service has judged. */
    misplaced() {
        const { sortby, isFirst, isLast } = this.page;
        const stay = [...this.rows.values()].filter((row) => !row.left);
        return stay.filter(({ job, read }, at) => {
            if (hasSameKey(job, read, sortby))
                return false;
            const before = stay[at - 1]?.job ?? (isFirst ? null : read);
            const behind = stay[at + 1]?.job ?? (isLast ? null : read);
            return (before !== null && compareJobs(job, before, sortby) < 0) ||
                (behind !== null && compareJobs(job, behind, sortby) > 0);
        }).length;
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

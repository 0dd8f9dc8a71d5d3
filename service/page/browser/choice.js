// SPDX-License-Identifier: Apache-2.0
// Which jobs of the page shown are chosen to be cancelled together: never one that its member could
// not cancel alone, never one out of sight. What changes about a job may take it from the choice;
// how many went that way is kept until somebody chooses again. Tells by the event "change". No
// document is touched here.
import { whyNotCancel } from "./job.js";

/** @typedef {import("./job.js").Job} Job */
/** @typedef {import("./list.js").Row} Row */

export class Choice extends EventTarget {
    /** @param {() => Map<string, Row>} rows those shown, in their order */
    constructor(rows) {
        super();
        this.rows = rows;
        /** @type {Set<string>} */
        this.ids = new Set();
        this.dropped = 0;
        this.anchor = ""; // where a range begins
    }

    /** @param {string} id */
    has(id) {
        return this.ids.has(id);
    }

    /** The jobs chosen, in the order of the rows, as they are now. */
    get jobs() {
        return this.choosable().filter(({ jobID }) => this.ids.has(jobID));
    }

    /** @returns {Job[]} those that can be chosen */
    choosable() {
        return [...this.rows().values()].map(({ job }) => job).filter((job) => !whyNotCancel(job));
    }

    /**
     * @param {string} id
     * @param {boolean} isChosen
     * @param {boolean} [toAnchor] and all between it and the one before
     */
    set(id, isChosen, toAnchor = false) {
        for (const each of toAnchor ? this.range(id) : [id])
            if (isChosen && this.canBe(each))
                this.ids.add(each);
            else if (!isChosen)
                this.ids.delete(each);
        this.anchor = id;
        this.dropped = 0;
        this.tell();
    }

    /** @param {boolean} areChosen */
    setAll(areChosen) {
        this.ids = new Set(areChosen ? this.choosable().map(({ jobID }) => jobID) : []);
        this.dropped = 0;
        this.tell();
    }

    /** Rows changed, or other ones are shown. */
    review() {
        const before = this.ids.size;
        for (const id of this.ids) {
            const row = this.rows().get(id);
            const why = row && whyNotCancel(row.job);
            if (row && !why)
                continue;
            this.ids.delete(id);
            this.dropped += Number(why !== "cannot.asked"); // that was wished
        }
        if (this.ids.size !== before)
            this.tell();
    }

    /** @param {string} id */
    canBe(id) {
        const row = this.rows().get(id);
        return row !== undefined && !whyNotCancel(row.job);
    }

    /**
     * @param {string} id
     * @returns {string[]} that alone where the other end is not shown any more
     */
    range(id) {
        const all = [...this.rows().keys()];
        const ends = [all.indexOf(this.anchor), all.indexOf(id)];
        return ends.includes(-1) ? [id] : all.slice(Math.min(...ends), Math.max(...ends) + 1);
    }

    tell() {
        this.dispatchEvent(new Event("change"));
    }
}

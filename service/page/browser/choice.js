// SPDX-License-Identifier: Apache-2.0
// Which jobs of the page shown are chosen to be cancelled together: never one that its member could
// not cancel alone, never one out of sight. What changes about a job may take it from the choice; it
// comes back as soon as it can be cancelled again, as when its next attempt begins, and what it is
// until then is kept, unless somebody chooses anew. Tells by the event "change". No document is
// touched here.
import { isFinished, whyNotCancel } from "./job.js";

/** @typedef {import("./job.js").Job} Job */
/** @typedef {import("./list.js").Row} Row */
/** @typedef {"ended" | "unseen" | "cannot"} Loss why one that was chosen is not, as it is now */

export class Choice extends EventTarget {
    /** @param {() => Map<string, Row>} rows those shown, in their order */
    constructor(rows) {
        super();
        this.rows = rows;
        /** @type {Set<string>} */
        this.ids = new Set();
        /** @type {Map<string, Loss>} */
        this.lost = new Map();
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
        this.lost.clear();
        this.tell();
    }

    /** @param {boolean} areChosen */
    setAll(areChosen) {
        this.ids = new Set(areChosen ? this.choosable().map(({ jobID }) => jobID) : []);
        this.lost.clear();
        this.tell();
    }

    /** Rows changed, or other ones are shown. */
    review() {
        let changed = false;
        for (const id of [...this.ids, ...this.lost.keys()]) {
            const before = this.ids.has(id) ? "chosen" : this.lost.get(id);
            const now = standing(this.rows().get(id)?.job);
            if (now === before)
                continue;
            changed = true;
            this.ids.delete(id);
            this.lost.delete(id);
            if (now === "chosen")
                this.ids.add(id);
            else if (now !== "asked") // that was wished
                this.lost.set(id, now);
        }
        if (changed)
            this.tell();
    }

    /**
     * How many were lost to what.
     * @param {Loss} loss
     */
    countLost(loss) {
        return [...this.lost.values()].filter((each) => each === loss).length;
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

/**
 * What one that was chosen is by now.
 * @param {Job | undefined} job undefined: it is not shown
 * @returns {Loss | "chosen" | "asked"}
 */
function standing(job) {
    const why = job && whyNotCancel(job);
    if (!job || !why)
        return job ? "chosen" : "unseen";
    if (why === "cannot.asked")
        return "asked";
    return isFinished(job) ? "ended" : "cannot";
}

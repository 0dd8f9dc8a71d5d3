// SPDX-License-Identifier: Apache-2.0
// How many jobs are in each state, within the filters but for that by state. Asked with each list,
// and again when the stream says that something changed: not at once but so seldom that it costs
// the service next to nothing. Tells by the event "change".
import { isAbort } from "./api.js";
import { Problem } from "./problem.js";
import { filterQuery, filtersAlone, sameList, statuses } from "./view_state.js";

const restMs = 2000;
const restMostMs = 60_000;
const share = 20; // an answer that took a second is followed by a rest of twenty
const passingMs = 30_000; // jobs become silent without anybody's saying so

/**
 * @typedef {object} Known
 * @property {Record<import("./view_state.js").Status, number>} counts
 * @property {number} [silent] not known where too many are open
 * @property {number} [unanswered]
 * @property {number} [overtaken] within the last day; not known where too many were to be cancelled
 * @property {number} [boundedToNewest] all of it is of so many of the newest jobs
 */

export class Counts extends EventTarget {
    /** @param {import("./api.js").Api} api */
    constructor(api) {
        super();
        this.api = api;
        /** @type {Known | null} */
        this.known = null;
        /** @type {import("./view_state.js").View | null} */
        this.view = null;
        this.asking = new AbortController();
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.timer = undefined;
        this.isAsking = false;
        this.heardMeanwhile = false;
        this.restUntilMs = 0;
        this.answeredAtMs = 0;
    }

    /**
     * The list of a view was read.
     * @param {import("./view_state.js").View} view
     */
    show(view) {
        const asked = this.filtersOf(view);
        const isNew = !this.view || !sameList(this.view, asked);
        this.view = asked;
        if (isNew)
            this.take(null);
        void this.ask();
    }

    /** Something changed. A question that is on its way is not asked again but once it is answered. */
    heard() {
        this.heardMeanwhile = this.isAsking;
        if (this.isAsking)
            return;
        this.timer ??= setTimeout(() => void this.ask(), Math.max(this.restUntilMs - Date.now(), 0));
    }

    /** Time passes while the table is live. */
    tick() {
        if (Date.now() - this.answeredAtMs > passingMs)
            this.heard();
    }

    stop() {
        this.asking.abort();
        clearTimeout(this.timer);
        this.timer = undefined;
        this.isAsking = false;
    }

    async ask() {
        this.stop();
        if (!this.view)
            return;
        const { signal } = this.asking = new AbortController();
        const began = Date.now();
        this.isAsking = true;
        this.heardMeanwhile = false;
        let retryMs = 0;
        try {
            const known = await this.fetch(this.view, signal);
            if (signal.aborted)
                return;
            this.take(known);
        } catch (problem) {
            if (isAbort(problem) || signal.aborted)
                return;
            retryMs = restMostMs / 2;
            if (problem instanceof Problem && problem.retryAfterS)
                retryMs = problem.retryAfterS * 1000;
            this.take(null);
        }
        this.answeredAtMs = Date.now();
        this.restUntilMs = this.answeredAtMs +
            Math.max(retryMs, Math.min(Math.max((this.answeredAtMs - began) * share, restMs), restMostMs));
        this.isAsking = false;
        if (this.heardMeanwhile)
            this.heard();
    }

    /**
     * What of a view is counted.
     * @param {import("./view_state.js").View} view
     * @returns {import("./view_state.js").View}
     */
    filtersOf(view) {
        return { ...filtersAlone(view), status: [] };
    }

    /**
     * @param {import("./view_state.js").View} view
     * @param {AbortSignal} signal
     * @returns {Promise<Known>}
     */
    fetch(view, signal) {
        return this.api.counts(filterQuery(view).toString(), signal);
    }

    /** @param {Known | null} known */
    take(known) {
        this.known = known;
        this.dispatchEvent(new Event("change"));
    }

    /**
     * How many there are in these states; null where that is not known exactly.
     * @param {string[]} chosen none: in any
     */
    total(chosen) {
        const { known } = this;
        if (!known || known.boundedToNewest)
            return null;
        return statuses.filter((status) => !chosen.length || chosen.includes(status))
            .reduce((sum, status) => sum + known.counts[status], 0);
    }
}

// SPDX-License-Identifier: Apache-2.0
// How many jobs of a view were created when, in each state: of which period, in which steps, and what
// of it is known. Asked as the counts are.
import { Counts } from "./counts.js";
import { serverClock } from "./server_clock.js";
import { filterQuery, filtersAlone, intervalEnds, isRelative, makeInterval, spanFrom } from "./view_state.js";

/** @typedef {import("./view_state.js").View} View */

/**
 * @typedef {object} Timeline
 * @property {string} from
 * @property {string} to
 * @property {number} step seconds
 * @property {{from: string, counts?: Record<import("./view_state.js").Status, number>}[]} steps
 *     without counts where nothing is known
 * @property {number} [boundedToNewest] so many of the newest jobs were looked at
 * @property {string} [uncountedTo] of jobs created then or earlier not all were
 */

/** Seconds: what a person calls a step. */
const sizes = [1, 10, 60, 300, 900, 3600, 10_800, 21_600, 86_400, 604_800, 2_592_000];
const dayMs = 86_400_000;

/**
 * The smallest step that has so few of them in so long a time.
 * @param {number} spanMs
 * @param {number} most
 * @returns {number} seconds
 */
export function stepFor(spanMs, most) {
    const least = spanMs / 1000 / most;
    return sizes.find((size) => size >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

/**
 * The period of a view: what its filter by creation says, else the last day. What follows the time
 * begins with a whole step of the clock on the wall.
 * @param {View} view
 * @param {number} nowMs
 * @param {number} most steps
 * @returns {{fromMs: number, toMs: number, step: number}}
 */
export function periodOf({ created }, nowMs, most) {
    const ends = intervalEnds(isRelative(created) ? "" : created);
    const toMs = ends.to ? Date.parse(ends.to) : nowMs;
    if (ends.from) {
        const fromMs = Date.parse(ends.from);
        return { fromMs, toMs: Math.max(toMs, fromMs), step: stepFor(Math.max(toMs - fromMs, 1), most) };
    }
    const fromMs = isRelative(created) ? Date.parse(spanFrom(created, nowMs)) : toMs - dayMs;
    const step = stepFor(toMs - fromMs, most - 1);
    const zoneMs = new Date(fromMs).getTimezoneOffset() * 60_000;
    const stepMs = step * 1000;
    const begins = isRelative(created) ? Math.floor : Math.ceil;
    return { fromMs: begins((fromMs - zoneMs) / stepMs) * stepMs + zoneMs, toMs, step };
}

export class TimelineCounts extends Counts {
    /**
     * @param {import("./api.js").Api} api
     * @param {() => number} most steps that there is room for
     */
    constructor(api, most) {
        super(api);
        this.most = most;
    }

    /** @override @param {View} view */
    filtersOf(view) {
        return filtersAlone(view);
    }

    /**
     * @override
     * @param {View} view
     * @param {AbortSignal} signal
     * @returns {Promise<any>}
     */
    async fetch(view, signal) {
        const { fromMs, toMs, step } = periodOf(view, serverClock.now(), this.most());
        const query = filterQuery({ ...view, created: "" }, serverClock.now());
        query.set("datetime", makeInterval(new Date(fromMs).toISOString(), new Date(toMs).toISOString()));
        query.set("step", String(step));
        return this.api.timeline(query, signal);
    }
}

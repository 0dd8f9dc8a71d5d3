// SPDX-License-Identifier: Apache-2.0
// What the chart says: of which period it is, what each bar counts, and the marks of its two scales.
import { dayAndTime, endMs, period, timeAlone } from "./dates.js";
import { intervalEnds, isRelative, statuses } from "./view_state.js";
import { number, t } from "./words.js";

/** @typedef {import("./later_timeline.js").Timeline} Timeline */
/** @typedef {import("./view_state.js").View} View */

const minuteMs = 60_000;

/**
 * Whether its period ends now, and so has a last step that goes on.
 * @param {View} view
 */
export function goesOn({ created }) {
    return isRelative(created) || !intervalEnds(created).to;
}

/**
 * When a step begins and ends, and its last moment as the API has it. The last one ends with the period,
 * unless it goes on.
 * @param {Timeline} timeline
 * @param {number} i
 * @param {View} view
 */
export function endsOf({ from, to, step }, i, view) {
    const fromMs = Date.parse(from) + i * step * 1000;
    const toMs = fromMs + step * 1000;
    return goesOn(view) || toMs <= endMs(to)
        ? { fromMs, toMs, last: `${new Date(toMs - 1).toISOString().slice(0, -1)}999Z` }
        : { fromMs, toMs: endMs(to), last: to };
}

/** @param {Record<string, number> | undefined} counts */
export function sum(counts) {
    return Object.values(counts ?? {}).reduce((all, each) => all + each, 0);
}

/**
 * @param {Timeline} timeline
 * @param {View} view
 */
export function chartWords(timeline, view) {
    const { from, to, step, steps, boundedToNewest, uncountedTo } = timeline;
    const isToMinute = goesOn(view) && step * 1000 >= minuteMs; // as now is told
    const toMs = isToMinute ? Math.floor(Date.parse(to) / minuteMs) * minuteMs : endMs(to);
    const words = t("chart.title", { period: period(Date.parse(from), toMs),
        count: steps.reduce((all, { counts }) => all + sum(counts), 0) });
    return boundedToNewest && uncountedTo
        ? `${words} · ${t("chart.bounded", { number: boundedToNewest, time: dayAndTime(Date.parse(uncountedTo)) })}`
        : words;
}

/**
 * @param {Timeline} timeline
 * @param {number} i
 * @param {View} view
 */
export function barWords(timeline, i, view) {
    const { fromMs, toMs } = endsOf(timeline, i, view);
    const counts = timeline.steps[i]?.counts;
    const times = period(fromMs, toMs);
    const { to, uncountedTo } = timeline;
    const states = statuses.filter((status) => counts?.[status])
        .map((status) => `${t(`status.${status}`)} ${number(counts?.[status] ?? 0)}`).join(", ");
    return t("chart.bar", { counts: !counts ? t("chart.unknown") : !states ? t("chart.none")
        : t(uncountedTo && Date.parse(uncountedTo) >= fromMs ? "chart.countsAtLeast" : "chart.counts",
            { count: sum(counts), states }),
    period: goesOn(view) && toMs > Date.parse(to) ? t("chart.soFar", { period: times }) : times });
}

/**
 * Where the scale of numbers has its lines: at a round number that holds the most, and at its half.
 * @param {number} most
 * @returns {number[]}
 */
export function marksFor(most) {
    const size = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
    const top = [1, 2, 4, 6, 8].map((times) => times * size).find((each) => each >= most) ?? 10 * size;
    return top > 1 ? [top / 2, top] : [top];
}

/**
 * The moments that the axis names, each where a step begins. Only the first of a day has the day.
 * @param {Timeline} timeline
 * @param {number} stride so many steps are from one to the next
 * @returns {{step: number, text: string}[]}
 */
export function axisWords({ from, step, steps }, stride) {
    let day = "";
    return Array.from({ length: Math.ceil(steps.length / stride) }, (_, i) => {
        const ms = Date.parse(from) + i * stride * step * 1000;
        const before = day;
        day = new Date(ms).toDateString();
        return { step: i * stride, text: day === before ? timeAlone(ms) : dayAndTime(ms) };
    });
}

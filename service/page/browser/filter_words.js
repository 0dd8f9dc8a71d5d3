// SPDX-License-Identifier: Apache-2.0
// What a filter that is on is called.
import { dayAndTime, duration, endMs, period } from "./dates.js";
import { intervalEnds, isRelative } from "./view_state.js";
import { number, t } from "./words.js";

/** @typedef {import("./view_state.js").View} View */

/**
 * The types' names, a number for many.
 * @param {string[]} values
 */
export function valuesWords(values) {
    return values.length > 3 ? `${values.slice(0, 2).join(", ")} +${number(values.length - 2)}`
        : values.join(", ");
}

/** @type {[import("./words.js").Key, string][]} */
export const quick = [["filter.lastHour", "1h"], ["filter.lastDay", "24h"], ["filter.lastWeek", "7d"]];

/** "7d", in words. @param {string} within */
export function withinWords(within) {
    const known = quick.find(([, each]) => each === within);
    return known ? t(known[0]) : t("filter.within", { within });
}

/** @param {string} value of a view */
export function datesWords(value) {
    if (isRelative(value))
        return withinWords(value);
    const { from, to } = intervalEnds(value);
    if (from && to)
        return period(Date.parse(from), endMs(to));
    return from ? t("filter.since", { from: dayAndTime(Date.parse(from)) })
        : t("filter.until", { to: dayAndTime(endMs(to)) });
}

/** @param {View} view */
export function durationWords({ minDuration, maxDuration }) {
    if (minDuration !== null && maxDuration !== null)
        return t("filter.between", { from: duration(minDuration), to: duration(maxDuration) });
    return minDuration !== null ? t("filter.atLeast", { duration: duration(minDuration) })
        : t("filter.atMost", { duration: duration(maxDuration ?? 0) });
}

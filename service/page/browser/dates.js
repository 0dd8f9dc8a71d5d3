// SPDX-License-Identifier: Apache-2.0
// Moments in the viewer's zone and language: relative, exact, and of day. Formatters are made once
// a language, since making one costs more than a hundred uses.
import { dateLocale, language, t } from "./words.js";

/**
 * @typedef {object} Formats
 * @property {Intl.RelativeTimeFormat} relative
 * @property {string} now
 * @property {Intl.DateTimeFormat} exact
 * @property {Intl.DateTimeFormat} short
 * @property {Intl.DateTimeFormat} time
 */

const aheadMaxS = 30;

/** @type {Partial<Record<string, Formats>>} */
const made = {};

/** @returns {Formats} */
function formats() {
    const locale = dateLocale();
    return made[language()] ??= {
        now: new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "second"),
        relative: new Intl.RelativeTimeFormat(locale, { style: "short", numeric: "always" }),
        exact: new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric",
            hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
            timeZoneName: "short" }),
        short: new Intl.DateTimeFormat(locale, { year: "numeric", month: "2-digit", day: "2-digit",
            hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
        time: new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit",
            second: "2-digit", hourCycle: "h23" }),
    };
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const units = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12],
    ["year", Infinity]];

/**
 * "3 min ago". Whole units, cut off, so that it never claims more time than passed; a clock that
 * is a little ahead of ours says "now".
 * @param {string} moment as the API has it
 * @param {number} nowMs
 */
export function relative(moment, nowMs) {
    let value = (Date.parse(moment) - nowMs) / 1000;
    if (value > -1 && value < aheadMaxS)
        return formats().now;
    for (const [unit, size] of units) {
        if (Math.abs(value) < size)
            return formats().relative.format(Math.trunc(value), unit);
        value /= size;
    }
    return exact(moment);
}

/**
 * To the second, with the zone.
 * @param {string} moment
 */
export function exact(moment) {
    return formats().exact.format(new Date(moment));
}

/**
 * To the second, as narrow as a column.
 * @param {string} moment
 */
export function short(moment) {
    return formats().short.format(new Date(moment)).replace(",", "");
}

/**
 * The time of day.
 * @param {string | number | Date} moment
 */
export function timeOfDay(moment) {
    return formats().time.format(new Date(moment));
}

/**
 * "1 h 05 min", "12 s": the two largest units.
 * @param {number} seconds
 */
export function duration(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const days = Math.floor(whole / 86_400);
    const hours = Math.floor(whole / 3600) % 24;
    const minutes = Math.floor(whole / 60) % 60;
    const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
    if (days)
        return t("duration.days", { days: String(days), hours: two(hours) });
    if (hours)
        return t("duration.hours", { hours: String(hours), minutes: two(minutes) });
    return minutes ? t("duration.minutes", { minutes: String(minutes), seconds: two(whole % 60) })
        : t("duration.seconds", { seconds: String(whole) });
}

/**
 * From start to end, or to now; never below zero, whatever the services' clocks say.
 * @param {{started?: string, finished?: string}} job
 * @param {number} nowMs
 */
export function durationOf({ started, finished }, nowMs) {
    return started ? duration(((finished ? Date.parse(finished) : nowMs) - Date.parse(started)) / 1000)
        : t("details.none");
}

/**
 * What an input of type datetime-local takes: the viewer's own time, to the minute.
 * @param {string} moment as the API has it, or empty
 */
export function toLocalInput(moment) {
    if (!moment)
        return "";
    const date = new Date(moment);
    return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/**
 * @param {string} value of an input of type datetime-local
 * @returns {string} as the API has it, or empty
 */
export function fromLocalInput(value) {
    const date = new Date(value);
    return value && !Number.isNaN(date.getTime()) ? date.toISOString().replace(".000Z", "Z") : "";
}

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
 * The time of day; of another day than today's with that day.
 * @param {string} moment
 * @param {number} nowMs
 */
export function timeOfDay(moment, nowMs) {
    const date = new Date(moment);
    const isToday = date.toDateString() === new Date(nowMs).toDateString();
    return isToday ? formats().time.format(date) : dayFormat({ time: true, seconds: true }, date).format(date);
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const dayFormats = new Map();

/**
 * With the day by its short name, and the year where that is not this one.
 * @param {{day?: boolean, time: boolean, seconds: boolean}} parts
 * @param {...Date} dates
 */
function dayFormat({ day = true, time, seconds }, ...dates) {
    const year = day && dates.some((date) => date.getFullYear() !== new Date().getFullYear());
    const key = [language(), day, time, seconds, year].join();
    const known = dayFormats.get(key);
    const format = known ?? new Intl.DateTimeFormat(dateLocale(), {
        ...year && { year: "numeric" }, ...day && { day: "numeric", month: "short" },
        ...time && { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, ...seconds && { second: "2-digit" } });
    if (!known)
        dayFormats.set(key, format);
    return format;
}

/**
 * As exact as they all are: "29 Nov" at midnight, "29 Nov, 12:00", "29 Nov, 12:00:05".
 * @param {...Date} dates
 */
function exactFormat(...dates) {
    return dayFormat({ time: dates.some((date) => date.getHours() || date.getMinutes() || date.getSeconds()),
        seconds: dates.some((date) => date.getSeconds()) }, ...dates);
}

/**
 * A moment with its day.
 * @param {number} ms
 */
export function dayAndTime(ms) {
    const date = new Date(ms);
    return exactFormat(date).format(date);
}

/**
 * A moment of a day that was named.
 * @param {number} ms
 */
export function timeAlone(ms) {
    const date = new Date(ms);
    return dayFormat({ day: false, time: true, seconds: date.getSeconds() > 0 }).format(date);
}

/**
 * "29 Nov, 12:00 – 13:15": a day that both ends share is named once; whole days have no times.
 * @param {number} fromMs
 * @param {number} toMs which is not in it any more
 */
export function period(fromMs, toMs) {
    if (toMs === fromMs)
        return dayAndTime(fromMs);
    if (toMs < fromMs)
        return t("filter.between", { from: dayAndTime(fromMs), to: dayAndTime(toMs) });
    const [from, to] = [new Date(fromMs), new Date(toMs)];
    const format = exactFormat(from, to);
    return format.formatRange(from, format.resolvedOptions().hour ? to : new Date(toMs - 1));
}

/**
 * The end of an interval in which its last moment is: 12:59:59.999999 is just before 13:00.
 * @param {string} moment
 */
export function endMs(moment) {
    const ms = Date.parse(moment);
    return ms % 1000 === 999 ? ms + 1 : ms;
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

// SPDX-License-Identifier: Apache-2.0
// How fresh the table is, said as it is: the words follow from what was last heard and from the
// time that passed since, so that silence shows too.
import { duration, timeOfDay } from "./dates.js";
import { t } from "./words.js";

/**
 * @typedef {object} FreshState
 * @property {"connecting" | "live" | "asking" | "lost" | "paused" | "refused" | "signedOut"} mode
 * @property {string | null} asOf null: never caught up yet
 * @property {number | null} secondsBehind when it was heard
 * @property {number} heardAtMs
 * @property {number} retryAtMs of a lost one
 * @property {number} everyS of one that asks again and again
 * @property {boolean} hasTable
 */

export const behindFromS = 5;

/** @returns {FreshState} */
export function unknownFreshness() {
    return { mode: "connecting", asOf: null, secondsBehind: null, heardAtMs: 0, retryAtMs: 0,
        everyS: 0, hasTable: false };
}

/**
 * How far the table is behind by now.
 * @param {FreshState} state
 * @param {number} nowMs
 * @returns {number | null} seconds; null: nobody knows
 */
export function secondsBehind(state, nowMs) {
    return state.secondsBehind === null ? null
        : state.secondsBehind + Math.max(0, nowMs - state.heardAtMs) / 1000;
}

/**
 * @param {FreshState} state
 * @param {number} nowMs
 * @returns {{kind: "live" | "behind" | "lost" | "paused" | "waiting", text: string, title: string}}
 */
export function freshnessWords(state, nowMs) {
    const time = state.asOf ? timeOfDay(state.asOf, nowMs) : t("fresh.unknownTime");
    switch (state.mode) {
    case "live":
        return liveWords(state, nowMs, time);
    case "asking":
        return { kind: "behind", title: t("fresh.asking.long"),
            text: t("fresh.asking", { seconds: state.everyS, time }) };
    case "paused":
        return { kind: "paused", text: t("fresh.paused", { time }), title: "" };
    case "signedOut":
        return { kind: "lost", text: t("fresh.signedOut", { time }), title: "" };
    case "refused":
        return { kind: "lost", text: t("fresh.refused", { time }), title: "" };
    case "lost":
        return { kind: "lost", text: lostWords(state, nowMs, time), title: "" };
    default:
        return { kind: "waiting", title: "",
            text: state.hasTable ? t("fresh.connecting", { time }) : t("fresh.connectingFirst") };
    }
}

/**
 * @param {FreshState} state
 * @param {number} nowMs
 * @param {string} time
 * @returns {{kind: "live" | "behind", text: string, title: string}}
 */
function liveWords(state, nowMs, time) {
    const behind = secondsBehind(state, nowMs);
    if (behind === null || !state.asOf)
        return { kind: "behind", text: t("fresh.catchingUp"), title: "" };
    if (behind < behindFromS)
        return { kind: "live", text: t("fresh.live", { time }), title: "" };
    return { kind: "behind", text: t("fresh.behind", { duration: duration(behind) }),
        title: t("fresh.behind.long", { time }) };
}

/**
 * @param {FreshState} state
 * @param {number} nowMs
 * @param {string} time
 */
function lostWords(state, nowMs, time) {
    const seconds = Math.ceil((state.retryAtMs - nowMs) / 1000);
    if (state.hasTable)
        return seconds > 0 ? t("fresh.lost", { seconds, time }) : t("fresh.lostNow", { time });
    return seconds > 0 ? t("fresh.lostFirst", { seconds }) : t("fresh.lostFirstNow");
}

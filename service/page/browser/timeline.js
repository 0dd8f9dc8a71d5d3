// SPDX-License-Identifier: Apache-2.0
// Why a job is in its state: its kept events, and which of them counted. Each set comes best first
// (rank 0); what the others are to it is judged here, and drawn.
import { exact, relative } from "./dates.js";
import { foreign, make } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/**
 * @typedef {object} HistoryEvent
 * @property {"creation" | "start" | "end"} set
 * @property {string} kind
 * @property {number} rank
 * @property {number} attempt
 * @property {string} occurred
 * @property {string} [message]
 * @property {string} [processID]
 * @property {string} [creatorID]
 * @property {boolean} [cancellable]
 * @property {string} [errorCode]
 */

/** @typedef {"decides" | "repeated" | "superseded" | "contradicting"} Verdict */

/**
 * @param {HistoryEvent[]} events
 * @param {number} attempt the job's
 * @returns {{event: HistoryEvent, verdict: Verdict}[]} oldest first
 */
export function judge(events, attempt) {
    /** @type {Map<string, HistoryEvent>} */
    const winners = new Map();
    for (const event of events)
        if (event.rank === 0)
            winners.set(event.set, event);
    const judged = events.map((event) => ({ event, verdict: verdictOn(event, winners, attempt) }));
    return judged.sort((a, b) => a.event.occurred < b.event.occurred ? -1
        : a.event.occurred > b.event.occurred ? 1 : order(a.event) - order(b.event));
}

/**
 * @param {HistoryEvent} event
 * @param {Map<string, HistoryEvent>} winners
 * @param {number} attempt
 * @returns {Verdict}
 */
function verdictOn(event, winners, attempt) {
    const winner = winners.get(event.set);
    if (event.set === "creation") {
        if (event === winner || !winner)
            return "decides";
        return event.creatorID === winner.creatorID ? "repeated" : "contradicting";
    }
    if (event.attempt < attempt)
        return "superseded";
    if (event === winner || !winner)
        return "decides";
    return event.kind === winner.kind ? "repeated" : "contradicting";
}

/** @param {HistoryEvent} event */
function order(event) {
    return ["creation", "start", "end"].indexOf(event.set);
}

/** @type {Record<string, string>} */
const icons = { JobCreated: "accepted", JobStarted: "play", JobProgressed: "running",
    JobSucceeded: "successful", JobFailed: "failed", JobCancelled: "dismissed" };

/**
 * @param {HistoryEvent[]} events
 * @param {number} attempt the job's
 */
export function timeline(events, attempt) {
    if (!events.length)
        return make("p", { class: "quiet", text: t("details.noHistory") });
    const manyAttempts = events.some((event) => event.attempt > 1) || attempt > 1;
    const judged = judge(events, attempt);
    const weighed = weighedSets(judged);
    return make("ol", { class: "timeline" }, ...judged.map(({ event, verdict }) =>
        item(event, weighed.has(event.set) ? verdict : null, manyAttempts)));
}

/**
 * Of which kinds there are events that do not decide: there alone it tells something which one does.
 * @param {ReturnType<typeof judge>} judged
 */
export function weighedSets(judged) {
    return new Set(judged.filter(({ verdict }) => verdict !== "decides").map(({ event }) => event.set));
}

/**
 * @param {HistoryEvent} event
 * @param {Verdict | null} verdict null: there was nothing to judge
 * @param {boolean} manyAttempts
 */
function item(event, verdict, manyAttempts) {
    const facts = [
        manyAttempts && t("event.attempt", { number: event.attempt }),
        event.set === "creation" && event.creatorID && t("event.by", { creator: event.creatorID }),
        event.errorCode && t("event.code", { code: event.errorCode }),
    ].filter((fact) => typeof fact === "string");
    return make("li", { class: `moment ${verdict ?? ""}` },
        icon(icons[event.kind] ?? "accepted", `kind-${event.kind}`),
        make("div", { class: "moment-head" },
            make("strong", {}, kindWord(event.kind)),
            verdict && make("span", { class: `verdict verdict-${verdict}`, title: t(`event.${verdict}.long`),
                text: t(`event.${verdict}`) }),
            make("time", { class: "quiet", datetime: event.occurred,
                title: relative(event.occurred, Date.now()), text: exact(event.occurred) })),
        facts.length ? make("div", { class: "quiet" }, foreign(facts.join(" · "))) : null,
        event.message ? make("div", { class: "moment-message" }, foreign(event.message)) : null);
}

/** @param {string} kind */
function kindWord(kind) {
    switch (kind) {
    case "JobCreated": case "JobStarted": case "JobProgressed": case "JobSucceeded":
    case "JobFailed": case "JobCancelled":
        return t(`event.${kind}`);
    default:
        return foreign(kind); // of a service newer than this page
    }
}

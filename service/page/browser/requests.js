// SPDX-License-Identifier: Apache-2.0
// Who asked to cancel a job, what was decided and why, and what came of it.
import { exact, relative, timeOfDay } from "./dates.js";
import { foreign, make } from "./dom.js";
import { icon } from "./icons.js";
import { reasonWords } from "./problem.js";
import { t } from "./words.js";

/**
 * @typedef {object} CancelRequest
 * @property {string} requestID
 * @property {string} jobID
 * @property {string} requesterID
 * @property {"pending" | "refused" | "withdrawn" | "open" | "honoured" | "overtaken" | "unanswered"} outcome
 * @property {"granted" | "refused"} [decision]
 * @property {number} [attempt] the job's, as it was judged
 * @property {string} [reasonCode]
 * @property {string} [reason]
 * @property {string} [received]
 * @property {string} [answerBy]
 */

/** @type {Record<CancelRequest["outcome"], string>} */
const icons = { pending: "accepted", refused: "close", withdrawn: "close", open: "cancelling", honoured: "check",
    overtaken: "warning", unanswered: "warning" };

/**
 * @typedef {object} RequestPage
 * @property {CancelRequest[]} requests
 * @property {string} next
 * @property {string | null} asOf when they were all that were known
 */

/**
 * The requests of a page, one's own and the newest first, and a button for those of the next one, if there is one.
 * @param {RequestPage} page
 * @param {string} member who looks
 * @param {(cursor: string) => Promise<RequestPage>} ask for the page behind a cursor
 * @returns {HTMLElement[]}
 */
export function requestList({ requests, next, asOf }, member, ask) {
    if (!requests.length) // Refused ones are not told by the stream: there may be one since.
        return [make("p", { class: "quiet", text: t("details.noRequests",
            { time: timeOfDay(asOf ?? new Date().toISOString(), Date.now()) }) })];
    const list = make("ol", { class: "timeline" }, ...requests.map((request) => item(request, member)));
    return next ? [list, moreButton(list, next, member, ask)] : [list];
}

/**
 * @param {HTMLElement} list
 * @param {string} next
 * @param {string} member
 * @param {(cursor: string) => Promise<RequestPage>} ask
 */
function moreButton(list, next, member, ask) {
    const button = make("button", { class: "button", type: "button", text: t("details.moreRequests"),
        on: { click: async () => {
            button.setAttribute("aria-disabled", "true");
            try {
                const page = await ask(next);
                list.append(...page.requests.map((request) => item(request, member)));
                next = page.next;
            } catch {
                // It can be pressed again.
            }
            button.removeAttribute("aria-disabled");
            if (!next)
                button.remove();
        } } });
    return button;
}

/**
 * @param {CancelRequest} request
 * @param {string} member
 */
function item(request, member) {
    const { received, outcome } = request;
    const who = request.requesterID === member ? t("request.byMe")
        : t("request.by", { requester: request.requesterID });
    return make("li", { class: `moment outcome-${outcome}` },
        icon(icons[outcome] ?? "accepted"),
        make("div", { class: "moment-head" },
            make("strong", {}, foreign(who)),
            received && make("time", { class: "quiet", datetime: received,
                title: relative(received, Date.now()), text: exact(received) })),
        make("div", { text: decisionWords(request) }),
        make("div", { class: "moment-outcome", text: outcomeWords(request) }),
        request.reason
            ? make("div", { class: "quiet" }, `${t("request.reason")} `, foreign(request.reason)) : null);
}

/** @param {CancelRequest} request */
function decisionWords({ decision, reasonCode }) {
    if (!decision)
        return t("request.undecided");
    const word = t(decision === "granted" ? "request.granted" : "request.refused");
    return reasonCode ? `${word} · ${reasonWords(reasonCode)}` : word;
}

/** @param {CancelRequest} request */
function outcomeWords({ outcome, answerBy }) {
    const words = t(`request.outcome.${outcome}`);
    return outcome === "open" && answerBy
        ? `${words}. ${t("request.answerBy", { time: exact(answerBy) })}` : words;
}

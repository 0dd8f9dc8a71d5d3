// SPDX-License-Identifier: Apache-2.0
// Asks whether to cancel the jobs that are chosen, naming each; then asks the service for each, and
// tells of each what came of it, until it is closed. Closed earlier, no further one is asked.
import { notify } from "./announce.js";
import { newKey, reasonField } from "./cancel.js";
import { openDialog } from "./dialog.js";
import { foreign, make, setText } from "./dom.js";
import { isFinished } from "./job.js";
import { askAll, canBeAskedAgain } from "./later_asking.js";
import { problemWords, refusalWords } from "./problem.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */
/** @typedef {import("./later_asking.js").Asked} Asked */
/** @typedef {Asked & {words: HTMLElement, isOver: boolean}} Item isOver: it ended after it was asked */

/**
 * @typedef {object} Given
 * @property {Job[]} jobs one at least
 * @property {import("./api.js").Api} api
 * @property {import("./live.js").Live} live
 * @property {(job: Job) => void} granted
 */

/** @param {Given} given */
export function openCancelMany(given) {
    return new Many(given);
}

class Many {
    /** @param {Given} given */
    constructor({ jobs, api, live, granted }) {
        this.api = api;
        this.live = live;
        this.granted = granted;
        this.isStopped = false;
        this.ending = new AbortController();
        /** @type {Item[]} */
        this.items = jobs.map((job) => ({ job, key: newKey(), outcome: "waiting", isOver: false,
            words: make("span", { class: "outcome" }) }));
        const { input, parts } = reasonField();
        this.reason = input;
        this.told = make("p", { role: "status", "aria-live": "polite" });
        this.keep = make("button", { class: "button", type: "button", text: t("many.keep"),
            on: { click: () => this.dialog.close() } });
        this.confirm = make("button", { class: "button danger", type: "submit",
            text: t("many.confirm", { count: jobs.length }) });
        const form = make("form", { class: "form", method: "dialog", on: { submit: (event) => {
            event.preventDefault();
            if (!this.confirm.disabled)
                void this.send();
        } } },
        make("div", { class: "dialog-body stack" }, make("p", { text: t("many.explained") }),
            make("ol", { class: "many", tabindex: "0", "aria-label": t("many.list") },
                ...this.items.map((item) => this.line(item))), ...parts, this.told),
        make("div", { class: "dialog-foot" }, this.keep, this.confirm));
        const { dialog } = openDialog({ title: t("many.title", { count: jobs.length }), closeWord: t("cancel.close"),
            stays: true, closed: () => this.closed() }, form);
        this.dialog = dialog;
        live.addEventListener("rows", (event) => this.heard(/** @type {CustomEvent} */ (event).detail.job),
            { signal: this.ending.signal });
        this.keep.focus();
    }

    /** @param {Item} item */
    line({ job, words }) {
        return make("li", { "data-asked": job.jobID }, make("span", { class: "job-name" },
            foreign(job.processID ?? t("row.unknownType"), "quiet"), " ", foreign(job.jobID, "id")), words);
    }

    async send() {
        this.confirm.disabled = this.reason.readOnly = true;
        setText(this.keep, t("many.stop"));
        await askAll(this.items, {
            ask: (job, key) => this.api.cancel(job.jobID, key, this.reason.value.trim()),
            now: (job) => this.live.list.rows.get(job.jobID)?.job ?? job,
            told: (asked) => this.changed(/** @type {Item} */ (asked)),
            isStopped: () => this.isStopped,
            wait: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
        });
        if (this.isStopped)
            notify(this.summary());
        else
            this.rest();
    }

    /** All were asked, as far as can be. */
    rest() {
        const again = this.items.some(canBeAskedAgain);
        setText(this.told, this.summary() + (again ? ` ${t("many.again")}` : ""));
        setText(this.keep, t("cancel.close"));
        setText(this.confirm, t("problem.retry"));
        this.confirm.disabled = this.confirm.hidden = !again;
        (again ? this.confirm : this.keep).focus();
    }

    /** @param {Item} item */
    changed(item) {
        setText(item.words, outcomeWords(item));
        item.words.className = `outcome outcome-${item.outcome}`;
        const done = this.items.filter(({ outcome }) => outcome !== "waiting" && outcome !== "asking");
        if (!this.isStopped)
            setText(this.told, t("many.progress", { done: done.length, total: this.items.length }));
        if (item.outcome === "granted" || item.outcome === "already")
            this.granted(item.job);
    }

    /**
     * What the stream said of a job.
     * @param {Job} job
     */
    heard(job) {
        const item = this.items.find((each) => each.job.jobID === job.jobID);
        if (!item || !isFinished(job) || !/granted|already/.test(item.outcome) || item.isOver)
            return;
        item.isOver = true;
        setText(item.words, `${outcomeWords(item)} · ${t(`status.${job.status}`)}`);
    }

    closed() {
        this.isStopped = true;
        this.ending.abort();
    }

    /** How many came to what. */
    summary() {
        const kinds = /** @type {const} */ (["granted", "already", "ended", "refused", "notAsked", "unknown"]);
        return kinds.map((kind) => ({ kind, count: this.items.filter(({ outcome }) => outcome === kind).length }))
            .filter(({ count }) => count)
            .map(({ kind, count }) => t(`many.sum.${kind}`, { count })).join(" · ");
    }
}

/** @param {Item} item */
function outcomeWords({ outcome, problem }) {
    if (outcome === "refused")
        return t("many.refused", { reason: refusalWords(problem) });
    if (outcome === "notAsked" && problem)
        return t("many.notAskedWhy", { problem: problemWords(problem) });
    return outcome === "waiting" ? "" : t(`many.${outcome}`);
}

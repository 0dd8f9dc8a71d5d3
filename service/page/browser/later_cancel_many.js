// SPDX-License-Identifier: Apache-2.0
// Asks whether to cancel the jobs that are chosen, naming each; then asks the service for each, and
// tells of each what came of it, until it is closed. What becomes of one before it is asked for is said,
// and it is not counted any more. Closed earlier, no further one is asked.
import { notify } from "./announce.js";
import { openDialog } from "./dialog.js";
import { foreign, make, setText } from "./dom.js";
import { isFinished, laterOf } from "./job.js";
import { askAll, canBeAskedAgain, needsNothing } from "./later_asking.js";
import { newKey, reasonField } from "./later_cancel.js";
import { problemWords, refusalWords } from "./problem.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */
/** @typedef {import("./later_asking.js").Asked} Asked */
/** @typedef {Asked & {words: HTMLElement}} Item its job is as it is by now */

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
        this.granted = granted;
        /** @type {"asks" | "sends" | "rests"} rests: all were asked, as far as can be */
        this.phase = "asks";
        this.isStopped = false;
        this.ending = new AbortController();
        /** @type {Item[]} */
        this.items = jobs.map((job) => ({ job, key: newKey(), outcome: "waiting",
            words: make("span", { class: "outcome" }) }));
        const { input, parts } = reasonField();
        this.reason = input;
        this.asking = [make("p", { text: t("many.explained") }), make("div", { class: "stack" }, ...parts)];
        this.told = make("p", { role: "status", "aria-live": "polite" });
        this.keep = make("button", { class: "button", type: "button", on: { click: () => this.dialog.close() } });
        this.confirm = make("button", { class: "button danger", type: "submit" });
        const { dialog, head } = openDialog({ title: "", closeWord: t("cancel.close"),
            stays: true, closed: () => this.closed() }, this.form());
        this.dialog = dialog;
        this.title = /** @type {HTMLElement} */ (head.firstElementChild);
        live.addEventListener("known", (event) => this.heard(/** @type {CustomEvent} */ (event).detail),
            { signal: this.ending.signal });
        this.show();
        this.keep.focus();
    }

    form() {
        const [explained, reason] = this.asking;
        return make("form", { class: "form", method: "dialog", on: { submit: (event) => {
            event.preventDefault();
            if (!this.confirm.disabled)
                void this.send();
        } } },
        make("div", { class: "dialog-body stack" }, explained,
            make("ol", { class: "many", tabindex: "0", "aria-label": t("many.list") },
                ...this.items.map((item) => this.line(item))), reason, this.told),
        make("div", { class: "dialog-foot" }, this.keep, this.confirm));
    }

    /** @param {Item} item */
    line({ job, words }) {
        return make("li", { "data-asked": job.jobID }, make("span", { class: "job-name" },
            foreign(job.processID ?? t("row.unknownType"), "quiet"), " ", foreign(job.jobID, "id")), words);
    }

    /** As it is by now. */
    show() {
        const { phase, items } = this;
        const count = items.filter((item) => canBeAskedAgain(item) && !isOver(item)).length;
        const asks = phase === "asks" && count > 0;
        const hadFocus = this.dialog.contains(document.activeElement);
        setText(this.title, phase === "sends" ? t("many.title.asking", { count: items.length })
            : phase === "rests" ? t("many.title.asked", { count: items.length })
            : count ? t("many.title", { count }) : t("many.title.none"));
        for (const part of this.asking)
            part.hidden = !asks && phase !== "sends";
        this.reason.readOnly = phase !== "asks";
        this.confirm.hidden = !count && phase !== "sends";
        this.confirm.disabled = !count || phase === "sends";
        setText(this.confirm, phase === "rests" ? t("problem.retry") : t("many.confirm", { count: count || items.length }));
        setText(this.keep, t(phase === "sends" ? "many.stop" : asks ? "many.keep" : "cancel.close"));
        setText(this.told, this.toldWords(count));
        for (const item of items) {
            setText(item.words, outcomeWords(item));
            item.words.className = `outcome outcome-${item.outcome}`;
        }
        if (hadFocus && document.activeElement?.closest("[hidden]"))
            this.keep.focus();
    }

    /** @param {number} left can be asked for */
    toldWords(left) {
        const done = this.items.filter(({ outcome }) => outcome !== "waiting" && outcome !== "asking");
        if (this.phase === "sends")
            return t("many.progress", { done: done.length, total: this.items.length });
        return this.summary() + (left && this.phase === "rests" ? ` ${t("many.again")}` : "");
    }

    async send() {
        this.phase = "sends";
        this.show();
        await askAll(this.items, {
            ask: (job, key) => this.api.cancel(job.jobID, key, this.reason.value.trim()),
            now: (job) => job,
            told: (asked) => this.changed(/** @type {Item} */ (asked)),
            isStopped: () => this.isStopped,
            wait: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
        });
        if (this.isStopped) {
            notify(this.summary());
            return;
        }
        this.phase = "rests";
        for (const item of this.items)
            this.heardOf(item, item.job);
        this.show();
        (this.confirm.hidden ? this.keep : this.confirm).focus();
    }

    /** @param {Item} item */
    changed(item) {
        if (item.outcome === "granted" || item.outcome === "already") {
            item.attempt ??= item.job.attempt;
            this.granted({ ...item.job, attempt: item.attempt });
        }
        if (!this.isStopped)
            this.show();
    }

    /** @param {Job[]} jobs as they are by now, any */
    heard(jobs) {
        const byId = new Map(jobs.map((job) => [job.jobID, job]));
        const spoken = this.items.filter(({ job }) => byId.has(job.jobID));
        for (const item of spoken)
            this.heardOf(item, byId.get(item.job.jobID) ?? item.job);
        if (spoken.length)
            this.show();
    }

    /**
     * @param {Item} item
     * @param {Job} job
     */
    heardOf(item, job) {
        item.job = laterOf(item.job, job);
        if (this.phase !== "rests" || item.outcome !== "unknown" || item.job.cancelling !== "open")
            return;
        item.outcome = "granted"; // nobody else can ask for it
        this.changed(item);
    }

    closed() {
        this.isStopped = true;
        this.ending.abort();
    }

    /** How many came to what. */
    summary() {
        const all = this.items.map(outcomeNow);
        const kinds = /** @type {const} */ (["granted", "already", "ended", "refused", "notAsked", "unknown"]);
        return kinds.map((kind) => ({ kind, count: all.filter((outcome) => outcome === kind).length }))
            .filter(({ count }) => count)
            .map(({ kind, count }) => t(`many.sum.${kind}`, { count })).join(" · ");
    }
}

/** Nobody asked for it, and there is nothing left to ask. @param {Item} item */
function isOver({ job, outcome }) {
    return outcome !== "unknown" && needsNothing(job) !== null;
}

/** @param {Item} item */
function outcomeNow({ job, outcome }) {
    return outcome === "waiting" ? needsNothing(job) ?? outcome : outcome;
}

/** @param {Item} item */
function outcomeWords(item) {
    const { job, problem, attempt = job.attempt } = item;
    const now = isFinished(job) ? t(`status.${job.status}`)
        : job.attempt > attempt ? t("many.anew", { number: job.attempt }) : "";
    return [wordsAlone(outcomeNow(item), problem), now].filter(Boolean).join(" · ");
}

/**
 * @param {Asked["outcome"]} outcome
 * @param {unknown} problem
 */
function wordsAlone(outcome, problem) {
    if (outcome === "refused")
        return t("many.refused", { reason: refusalWords(problem) });
    if (outcome === "notAsked" && problem)
        return t("many.notAskedWhy", { problem: problemWords(problem) });
    return outcome === "waiting" ? "" : t(`many.${outcome}`);
}

// SPDX-License-Identifier: Apache-2.0
// Asks whether to cancel a job, by its name; then asks the service, once: the request's key is
// made when the question is put, so that trying again stays the same request. What becomes of the job
// meanwhile is said, and only what can still be done is offered.
import { notify } from "./announce.js";
import { openDialog } from "./dialog.js";
import { foreign, freshId, labelled, make, setText, visible } from "./dom.js";
import { isFinished, laterOf, whyNotCancel } from "./job.js";
import { Problem, refusalWords } from "./problem.js";
import { jobName, whyNotWords } from "./row_menu.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * @typedef {object} Given
 * @property {Job} job
 * @property {import("./api.js").Api} api
 * @property {(job: Job) => void} granted as it was judged
 * @property {(job: Job) => void} refused
 * @property {() => void} closed
 */

const reasonMax = 500; // characters; the service keeps 4 KiB

/** @param {Given} given */
export function openCancel(given) {
    return new Question(given);
}

class Question {
    /** @param {Given} given */
    constructor(given) {
        this.given = given;
        this.job = given.job;
        this.key = newKey();
        /** @type {"asks" | "sends" | "unsure" | "refused"} */
        this.phase = "asks";
        this.isClosed = false;
        /** @type {unknown} why unsure or refused */
        this.problem = undefined;
        const { input, parts } = reasonField();
        this.reason = input;
        this.told = make("p", { class: "warning", role: "alert" });
        this.keep = make("button", { class: "button", type: "button",
            on: { click: () => this.dialog.close() } });
        this.confirm = make("button", { class: "button danger", type: "submit" });
        this.asking = make("div", { class: "stack" }, make("p", { text: t("cancel.explained") }), ...parts);
        const form = make("form", { class: "form", method: "dialog", on: { submit: (event) => {
            event.preventDefault();
            if (!this.confirm.disabled)
                void this.send();
        } } },
        make("div", { class: "dialog-body stack" },
            make("p", { class: "job-name" }, foreign(this.job.processID ?? t("row.unknownType"), "quiet"),
                " ", foreign(this.job.jobID, "id")), this.asking, this.told),
        make("div", { class: "dialog-foot" }, this.keep, this.confirm));
        const { dialog, head } = openDialog({ title: t("cancel.title"), closeWord: t("cancel.close"),
            stays: true, closed: () => this.closed() }, form);
        this.dialog = dialog;
        this.title = /** @type {HTMLElement} */ (head.firstElementChild);
        this.show();
        this.keep.focus();
    }

    closed() {
        this.isClosed = true;
        this.given.closed();
    }

    /** @param {Job} job any */
    heard(job) {
        if (job.jobID !== this.job.jobID)
            return;
        this.job = laterOf(this.job, job);
        if (this.phase !== "sends" && !this.wasGrantedUnheard())
            this.show();
    }

    /** The answer was lost, and the job is told to be asked to stop: nobody else can ask for that. */
    wasGrantedUnheard() {
        const was = this.phase === "unsure" && this.job.cancelling === "open";
        if (was)
            this.wasGranted(this.job);
        return was;
    }

    /** As it is by now. */
    show() {
        const { phase, job } = this;
        const why = whyNotCancel(job);
        const sends = phase === "sends";
        const asks = sends || !why && phase !== "refused";
        const hadFocus = this.dialog.contains(document.activeElement);
        setText(this.title, t(asks ? "cancel.title" : titleOf(phase, why)));
        this.asking.hidden = this.confirm.hidden = !asks;
        this.confirm.disabled = !asks || sends;
        setText(this.confirm, t(sends ? "cancel.asking" : phase === "unsure" ? "problem.retry" : "cancel.confirm"));
        setText(this.keep, t(asks && phase === "asks" ? "cancel.keep" : "cancel.close"));
        setText(this.told, this.toldWords(asks));
        if (hadFocus && document.activeElement?.closest("[hidden]"))
            this.keep.focus();
    }

    /**
     * @param {boolean} asks it can be cancelled
     * @returns {string}
     */
    toldWords(asks) {
        const { phase, job, problem } = this;
        const status = t(`status.${job.status}`);
        if (phase === "refused")
            return t("cancel.refused", { reason: refusalWords(problem) }) +
                (isFinished(job) ? ` ${t("cancel.state", { status })}` : "");
        if (asks)
            return phase === "unsure" ? t("cancel.failed", { problem: refusalWords(problem) }) : "";
        const now = isFinished(job) ? t("cancel.ended", { status }) : whyNotWords(job) ?? "";
        return phase === "unsure" ? `${t("cancel.unsure")} ${now}` : now;
    }

    async send() {
        this.phase = "sends";
        this.show();
        try {
            const { attempt = this.job.attempt } = await this.given.api.cancel(this.job.jobID, this.key,
                this.reason.value.trim());
            this.wasGranted({ ...this.job, attempt });
        } catch (problem) {
            this.failed(problem);
        }
    }

    /** @param {Job} job as it was judged */
    wasGranted(job) {
        this.phase = "sends";
        this.dialog.close();
        this.given.granted(job);
    }

    /** @param {unknown} problem */
    failed(problem) {
        const isUnsure = !(problem instanceof Problem) || problem.passes;
        this.problem = problem;
        this.phase = isUnsure ? "unsure" : "refused";
        if (!isUnsure)
            this.given.refused(this.job);
        if (this.wasGrantedUnheard())
            return;
        if (this.isClosed) {
            notify(t("cancel.about", { job: jobName(this.job), words: this.toldWords(false).trim() }),
                visible(this.job.jobID));
            return;
        }
        this.show();
        (this.confirm.hidden ? this.keep : this.confirm).focus();
    }
}

/**
 * @param {string} phase
 * @param {import("./words.js").Key | null} why it cannot be cancelled
 */
function titleOf(phase, why) {
    if (phase === "refused")
        return "cancel.title.refused";
    return why === "cannot.finished" ? "cancel.title.ended"
        : why === "cannot.asked" ? "cancel.title.asked" : "cancel.title.cannot";
}

/** Why, in the words of whoever cancels: its input, and all of it. */
export function reasonField() {
    const input = make("input", { class: "input", id: freshId(), maxlength: reasonMax,
        autocomplete: "off", "aria-describedby": freshId() });
    const hint = make("p", { class: "hint", id: input.getAttribute("aria-describedby"),
        text: t("cancel.reason.long") });
    return { input, parts: [labelled(t("cancel.reason"), input), hint] };
}

/** A UUID, also where the page came over plain HTTP and the browser has no randomUUID. */
export function newKey() {
    if ("randomUUID" in crypto)
        return crypto.randomUUID();
    const bytes = /** @type {Crypto} */ (crypto).getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] ?? 0) & 0x0f | 0x40;
    bytes[8] = (bytes[8] ?? 0) & 0x3f | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// SPDX-License-Identifier: Apache-2.0
// Asks whether to cancel a job, by its name; then asks the service, once: the request's key is
// made when the question is put, so that trying again stays the same request. Who asked here is
// also told how it ended.
import { notify } from "./announce.js";
import { openDialog } from "./dialog.js";
import { foreign, freshId, labelled, make, visible } from "./dom.js";
import { isFinished } from "./job.js";
import { Problem, refusalWords } from "./problem.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */

const reasonMax = 500; // characters; the service keeps 4 KiB
const gatherMs = 250;

export class Cancelling {
    /**
     * @param {import("./api.js").Api} api
     * @param {(job: Job) => void} granted a job, as it was when it was asked to stop
     */
    constructor(api, granted) {
        this.api = api;
        this.granted = granted;
        /** @type {Set<string>} the ids of jobs that were asked to stop here */
        this.asked = new Set();
        /** @type {Job[]} of those, what ended and is to be told */
        this.ended = [];
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.timer = undefined;
    }

    /** @param {Job} job */
    ask(job) {
        const key = newKey();
        const { input: reason, parts } = reasonField();
        const told = make("p", { class: "warning", role: "alert" });
        const keep = make("button", { class: "button", type: "button", text: t("cancel.keep"),
            on: { click: () => dialog.close() } });
        const confirm = make("button", { class: "button danger", type: "submit",
            text: t("cancel.confirm") });
        const form = make("form", { class: "form", method: "dialog", on: {
            submit: (/** @type {Event} */ event) => {
                event.preventDefault();
                if (!confirm.disabled)
                    void this.send(job, key, { reason, told, keep, confirm, dialog });
            } } },
        make("div", { class: "dialog-body stack" },
            make("p", { class: "job-name" }, foreign(job.processID ?? t("row.unknownType"), "quiet"),
                " ", foreign(job.jobID, "id")),
            make("p", { text: t("cancel.explained") }), ...parts, told),
        make("div", { class: "dialog-foot" }, keep, confirm));
        const { dialog } = openDialog({ title: t("cancel.title"), closeWord: t("cancel.close"),
            stays: true }, form);
        keep.focus();
    }

    /**
     * @param {Job} job
     * @param {string} key
     * @param {{reason: HTMLInputElement, told: HTMLElement, keep: HTMLElement,
     *     confirm: HTMLButtonElement, dialog: HTMLDialogElement}} parts
     */
    async send(job, key, { reason, told, keep, confirm, dialog }) {
        confirm.disabled = true;
        confirm.textContent = t("cancel.asking");
        told.textContent = "";
        try {
            await this.api.cancel(job.jobID, key, reason.value.trim());
            dialog.close();
            notify(t("cancel.asked", { id: visible(job.jobID) }));
            this.wasGranted(job);
        } catch (problem) {
            const isOpen = !(problem instanceof Problem) || problem.passes;
            told.textContent = isOpen ? t("cancel.failed", { problem: refusalWords(problem) })
                : t("cancel.refused", { reason: refusalWords(problem) });
            confirm.textContent = isOpen ? t("problem.retry") : t("cancel.confirm");
            confirm.disabled = !isOpen;
            confirm.hidden = !isOpen;
            if (!isOpen)
                keep.textContent = t("cancel.close");
            (isOpen ? confirm : keep).focus();
        }
    }

    /** @param {Job} job */
    wasGranted(job) {
        this.asked.add(job.jobID);
        this.granted(job);
    }

    /**
     * What the stream said of a job: tells how it ended if it was asked to stop here.
     * @param {Job} job
     */
    heard(job) {
        if (!isFinished(job) || !this.asked.delete(job.jobID))
            return;
        this.ended.push(job);
        this.timer ??= setTimeout(() => this.tellEnds(), gatherMs);
    }

    /** Several that end together are one notice, which none takes from the next. */
    tellEnds() {
        const [job, ...others] = this.ended;
        const done = this.ended.filter(({ status }) => status === "dismissed").length;
        const overtaken = this.ended.length - done;
        this.ended = [];
        this.timer = undefined;
        if (!job)
            return;
        const id = visible(job.jobID);
        const one = done ? t("cancel.done", { id })
            : t("cancel.overtaken", { id, status: t(`status.${job.status}`) });
        notify(!others.length ? one : [done ? t("cancel.doneMany", { count: done }) : "",
            overtaken ? t("cancel.overtakenMany", { count: overtaken }) : ""].filter(Boolean).join(" · "));
    }
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

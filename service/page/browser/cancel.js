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
    }

    /** @param {Job} job */
    ask(job) {
        const key = newKey();
        const reason = make("input", { class: "input", id: freshId(), maxlength: reasonMax,
            autocomplete: "off", "aria-describedby": freshId() });
        const hint = make("p", { class: "hint", id: reason.getAttribute("aria-describedby"),
            text: t("cancel.reason.long") });
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
            make("p", { text: t("cancel.explained") }), labelled(t("cancel.reason"), reason), hint, told),
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
            this.asked.add(job.jobID);
            dialog.close();
            notify(t("cancel.asked", { id: visible(job.jobID) }));
            this.granted(job);
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

    /**
     * What the stream said of a job: tells how it ended if it was asked to stop here.
     * @param {Job} job
     */
    heard(job) {
        if (!isFinished(job) || !this.asked.delete(job.jobID))
            return;
        const id = visible(job.jobID);
        notify(job.status === "dismissed" ? t("cancel.done", { id })
            : t("cancel.overtaken", { id, status: t(`status.${job.status}`) }));
    }
}

/** A UUID, also where the page came over plain HTTP and the browser has no randomUUID. */
function newKey() {
    if ("randomUUID" in crypto)
        return crypto.randomUUID();
    const bytes = /** @type {Crypto} */ (crypto).getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] ?? 0) & 0x0f | 0x40;
    bytes[8] = (bytes[8] ?? 0) & 0x3f | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

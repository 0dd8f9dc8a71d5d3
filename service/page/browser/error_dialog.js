// SPDX-License-Identifier: Apache-2.0
// Why a job failed, in full: readable, to be copied, long ones scroll.
import { openDialog } from "./dialog.js";
import { foreign, make, visible } from "./dom.js";
import { icon } from "./icons.js";
import { problemWords } from "./problem.js";
import { copy } from "./row_menu.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */

/** The job whose error is shown is named by the address; the list has no details of it. */
export class ErrorDialog {
    /**
     * @param {import("./api.js").Api} api
     * @param {() => void} closed
     */
    constructor(api, closed) {
        this.api = api;
        this.closed = closed;
        this.id = "";
        /** @type {HTMLDialogElement | null} */
        this.dialog = null;
        this.asking = new AbortController();
    }

    /** @param {string} id empty: closed */
    show(id) {
        if (id === this.id)
            return;
        this.end();
        this.id = id;
        if (!id)
            return;
        const type = make("span");
        const place = make("div", { class: "dialog-body stack" }, t("page.loading"));
        const { dialog } = openDialog({ title: t("error.title"), closeWord: t("error.close"), names: "wide",
            closed: () => this.wasClosed(dialog) },
        make("p", { class: "job-name" }, type, " ", foreign(id, "id")), place);
        this.dialog = dialog;
        void this.load(id, type, place);
    }

    /** Closes it, and leaves the address as it is. */
    end() {
        const { dialog } = this;
        this.id = "";
        this.dialog = null;
        this.asking.abort();
        dialog?.close();
    }

    /** @param {HTMLDialogElement} dialog */
    wasClosed(dialog) {
        if (this.dialog !== dialog)
            return;
        this.end();
        this.closed();
    }

    /**
     * @param {string} id
     * @param {Element} type
     * @param {Element} place
     */
    async load(id, type, place) {
        const { signal } = this.asking = new AbortController();
        try {
            const whole = await this.api.job(id, signal);
            type.replaceChildren(foreign(whole.processID ?? t("row.unknownType"), "quiet"));
            place.replaceChildren(...errorParts(whole));
        } catch (problem) {
            if (!signal.aborted)
                place.replaceChildren(make("p", { role: "alert", text: problemWords(problem) }),
                    make("button", { class: "button", type: "button", text: t("problem.retry"),
                        on: { click: () => void this.load(id, type, place) } }));
        }
    }
}

/**
 * Title, detail and the button that copies both.
 * @param {Job} job
 * @returns {Element[]}
 */
export function errorParts(job) {
    const { exception } = job;
    if (!exception)
        return [make("p", { text: t("error.none") })];
    const title = exception.code ?? exception.title ?? "";
    const whole = [job.processID, job.jobID, title, job.message, exception.detail]
        .filter((part) => part).join("\n");
    const button = make("button", { class: "button", type: "button",
        on: { click: () => void copy(whole, t("error.copied")) } }, icon("copy"), t("error.copy"));
    return [
        make("div", { class: "error-head" }, icon("failed", "kind-failed"),
            foreign(title, "error-title"), button),
        ...job.message ? [make("p", {}, foreign(job.message))] : [],
        exception.detail
            ? make("pre", { class: "error-detail", tabindex: "0", role: "region", dir: "auto",
                "aria-label": t("error.detail"), text: visible(exception.detail) })
            : make("p", { class: "quiet", text: t("error.noDetail") }),
    ];
}

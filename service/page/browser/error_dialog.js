// SPDX-License-Identifier: Apache-2.0
// Why a job failed, in full: readable, to be copied, long ones scroll.
import { openDialog } from "./dialog.js";
import { foreign, make, visible } from "./dom.js";
import { icon } from "./icons.js";
import { problemWords } from "./problem.js";
import { copy } from "./row_menu.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * The list has no details: they are asked for here.
 * @param {Job} job
 * @param {import("./api.js").Api} api
 */
export function openErrorDialog(job, api) {
    const asking = new AbortController();
    const place = make("div", { class: "dialog-body stack" }, t("page.loading"));
    openDialog({ title: t("error.title"), closeWord: t("error.close"), names: "wide",
        closed: () => asking.abort() },
    make("p", { class: "job-name" }, foreign(job.processID ?? t("row.unknownType"), "quiet"),
        " ", foreign(job.jobID, "id")), place);
    void load();

    async function load() {
        try {
            const whole = await api.job(job.jobID, asking.signal);
            place.replaceChildren(...errorParts(whole));
        } catch (problem) {
            if (!asking.signal.aborted)
                place.replaceChildren(make("p", { role: "alert", text: problemWords(problem) }),
                    make("button", { class: "button", type: "button", text: t("problem.retry"),
                        on: { click: () => void load() } }));
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

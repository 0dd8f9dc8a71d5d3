// SPDX-License-Identifier: Apache-2.0
// A job's details in a panel at the edge: its whole row, history and cancel requests, read again
// whenever the stream speaks of it.
import { isAbort } from "./api.js";
import { openDialog } from "./dialog.js";
import { foreign, make, setAttribute } from "./dom.js";
import { facts, passTime, statusLine } from "./facts.js";
import { errorParts } from "./error_dialog.js";
import { icon } from "./icons.js";
import { whyNotCancel } from "./job.js";
import { problemWords } from "./problem.js";
import { requestList } from "./requests.js";
import { whyNotWords } from "./row_menu.js";
import { judge, timeline, weighedSets } from "./timeline.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */

/**
 * @typedef {object} DetailsActions
 * @property {() => void} closed
 * @property {(job: Job) => void} cancel
 * @property {(id: string, step: number) => string | undefined} neighbour
 * @property {(id: string) => void} move
 * @property {(job: Job) => void} known it was read
 */

const gatherMs = 250; // a busy job is read again at most so often

export class Details {
    /**
     * @param {import("./api.js").Api} api
     * @param {string} member who looks
     * @param {DetailsActions} actions
     */
    constructor(api, member, actions) {
        this.api = api;
        this.member = member;
        this.actions = actions;
        this.id = "";
        this.asking = new AbortController();
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.timer = undefined;
        /** @type {HTMLDialogElement | null} */
        this.dialog = null;
        /** @type {ReturnType<typeof statusLine> | null} */
        this.status = null;
        this.place = make("div", { class: "dialog-body details", tabindex: "0",
            role: "region", "aria-label": t("details.job") });
        this.foot = make("div", { class: "dialog-foot" });
    }

    /** @param {string} id empty: closed */
    show(id) {
        if (id === this.id)
            return;
        this.id = id;
        if (!id) {
            this.dialog?.close();
            return;
        }
        if (!this.dialog)
            this.open();
        this.place.replaceChildren(make("p", { class: "job-name" }, foreign(id, "id")),
            make("p", { class: "quiet", text: t("details.loading") }));
        this.foot.replaceChildren();
        this.updateNeighbours();
        void this.load();
    }

    open() {
        const { dialog, head } = openDialog({ title: t("details.title"), closeWord: t("details.close"),
            names: "side", closed: () => this.closed() }, this.place, this.foot);
        this.dialog = dialog;
        this.newer = this.mover("up", "details.newer", -1);
        this.older = this.mover("down", "details.older", 1);
        head.querySelector("h2")?.after(this.newer, this.older);
        head.querySelector("h2")?.focus();
    }

    /** Closes it, and leaves the address as it is. */
    end() {
        this.id = "";
        this.dialog?.close();
    }

    closed() {
        this.dialog = null;
        this.asking.abort();
        clearTimeout(this.timer);
        if (this.id) {
            this.id = "";
            this.actions.closed();
        }
    }

    /**
     * @param {string} drawing
     * @param {import("./words.js").Key} key
     * @param {number} step
     */
    mover(drawing, key, step) {
        return make("button", { class: "icon-button", type: "button", "aria-label": t(key), title: t(key),
            on: { click: () => {
                const target = this.actions.neighbour(this.id, step);
                if (target !== undefined)
                    this.actions.move(target);
            } } }, icon(drawing));
    }

    updateNeighbours() {
        for (const [button, step] of /** @type {const} */ ([[this.newer, -1], [this.older, 1]]))
            if (button)
                setAttribute(button, "aria-disabled",
                    this.actions.neighbour(this.id, step) === undefined ? "true" : null);
    }

    tick() {
        passTime(this.place);
        this.status?.update();
    }

    /**
     * The stream spoke of a job.
     * @param {string | null} id null: maybe of this one
     */
    heard(id) {
        if (this.dialog && (id === null || id === this.id))
            this.timer ??= setTimeout(() => void this.load(), gatherMs);
    }

    async load() {
        clearTimeout(this.timer);
        this.timer = undefined;
        this.asking.abort();
        const { signal } = this.asking = new AbortController();
        const { id, api } = this;
        try {
            const [job, history, requests] = await Promise.all([api.job(id, signal),
                api.history(id, signal), api.cancelRequests(id, signal)]);
            if (signal.aborted)
                return;
            this.fill(job, history, requests);
            this.actions.known(job);
        } catch (problem) {
            if (!isAbort(problem) && !signal.aborted)
                this.place.replaceChildren(make("p", { class: "job-name" }, foreign(id, "id")),
                    make("p", { role: "alert", text: problemWords(problem) }),
                    make("button", { class: "button", type: "button", text: t("problem.retry"),
                        on: { click: () => void this.load() } }));
        }
    }

    /**
     * @param {Job} job
     * @param {import("./timeline.js").HistoryEvent[]} history
     * @param {import("./requests.js").RequestPage} requests
     */
    fill(job, history, requests) {
        const focused = document.activeElement?.classList.contains("error-detail");
        const scrolled = this.place.querySelector(".error-detail")?.scrollTop ?? 0;
        this.status = statusLine(job);
        this.place.replaceChildren(
            make("p", { class: "job-name" }, foreign(job.processID ?? t("row.unknownType"), "quiet"),
                " ", foreign(job.jobID, "id")),
            this.status.element,
            facts(job),
            ...job.exception ? [section(t("details.error"), "", ...errorParts(job))] : [],
            section(t("details.history"), historyHint(history, job.attempt), timeline(history, job.attempt)),
            section(t("details.requests"), "", ...requestList(requests, this.member,
                (cursor) => this.api.cancelRequests(job.jobID, undefined, cursor))));
        const detail = this.place.querySelector(".error-detail");
        if (detail instanceof HTMLElement) {
            detail.scrollTop = scrolled;
            if (focused)
                detail.focus();
        }
        this.fillFoot(job);
    }

    /** @param {Job} job */
    fillFoot(job) {
        const why = whyNotCancel(job);
        const had = this.foot.contains(document.activeElement);
        const button = make("button", { class: "button warns", type: "button",
            "aria-disabled": why ? "true" : undefined,
            text: t(job.cancelling === "unanswered" ? "row.cancelAgain" : "row.cancel"),
            on: { click: () => {
                if (!why)
                    this.actions.cancel(job);
            } } });
        this.foot.replaceChildren(make("span", { class: "quiet", text: whyNotWords(job) ?? "" }), button);
        if (had)
            button.focus();
    }
}

/**
 * @param {import("./timeline.js").HistoryEvent[]} history
 * @param {number} attempt the job's
 */
function historyHint(history, attempt) {
    const isWeighed = weighedSets(judge(history, attempt)).size > 0;
    return t("details.history.long") + (isWeighed ? ` ${t("details.history.weighed")}` : "");
}

/**
 * @param {string} title
 * @param {string} explained
 * @param {...Element} content
 */
function section(title, explained, ...content) {
    return make("section", { class: "section" }, make("h3", { text: title }),
        explained ? make("p", { class: "hint", text: explained }) : null, ...content);
}


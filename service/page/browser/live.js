// SPDX-License-Identifier: Apache-2.0
// Reads the list, then follows the stream from there; nothing falls between. Keeps List and
// freshness. Where the stream does not come through, as behind a proxy that holds it back, it asks
// for the list again, less and less often, and tries the stream again later. It tells by events:
//   "list"   the list was read, or could not be (problem)
//   "rows"   detail: the rows that changed in place
//   "known"  detail: jobs as they were read just now, shown or not
//   "job"    detail: the id of any job that the stream spoke of; null: maybe any changed
//   "news"   how many jobs arrived changed
//   "fresh"  how fresh the table is changed
import { isAbort } from "./api.js";
import { Backoff } from "./backoff.js";
import { unknownFreshness } from "./freshness.js";
import { List } from "./list.js";
import { Problem } from "./problem.js";
import { serverClock } from "./server_clock.js";
import { Stream } from "./stream.js";
import { filterQuery, listQuery } from "./view_state.js";

const askFirstMs = 2000;
const askMostMs = 30_000;
const askForMs = 120_000; // then the stream is tried again

export class Live extends EventTarget {
    /** @param {import("./api.js").Api} api */
    constructor(api) {
        super();
        this.api = api;
        this.list = new List();
        this.fresh = unknownFreshness();
        /** @type {unknown} why there is no list */
        this.problem = null;
        this.reading = false;
        /** @type {Stream | null} */
        this.stream = null;
        this.paused = false;
        this.request = new AbortController();
        this.backoff = new Backoff();
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.retryTimer = undefined;
        /** @type {{everyMs: number, untilMs: number} | null} the stream does not come through */
        this.asking = null;
        /** @type {{view: import("./view_state.js").View, limit: number} | null} */
        this.shown = null;
    }

    /**
     * Reads the list of a view, and follows it.
     * @param {import("./view_state.js").View} view
     * @param {number} limit
     * @param {boolean} [isNew] another list than the one shown
     */
    async show(view, limit, isNew = true) {
        this.stop();
        this.shown = { view, limit };
        this.reading = true;
        if (isNew) {
            this.problem = null;
            this.tell("list");
        }
        if (this.paused)
            this.setFresh({ mode: "paused" });
        else if (this.fresh.mode !== "live" && this.fresh.mode !== "asking") // else how far it is behind says enough
            this.setFresh({ mode: "connecting" });
        const request = this.request = new AbortController();
        try {
            const read = await this.api.list(listQuery(view, limit), request.signal);
            if (!request.signal.aborted)
                this.take(read, view);
        } catch (problem) {
            if (!isAbort(problem) && !request.signal.aborted)
                this.fail(problem);
        }
    }

    /** Reads the same list again; what is shown stays until then. */
    refresh() {
        if (this.shown)
            void this.show(this.shown.view, this.shown.limit, false);
    }

    /**
     * @param {import("./api.js").JobList} read
     * @param {import("./view_state.js").View} view
     */
    take(read, view) {
        this.reading = false;
        this.problem = null;
        this.backoff.reset();
        this.list.take(read, view.sortby);
        this.setFresh({ asOf: read.freshness.asOf, secondsBehind: read.freshness.secondsBehind,
            heardAtMs: Date.now(), hasTable: true });
        this.tell("list");
        this.tell("known", read.jobs);
        this.tell("news");
        if (this.paused)
            return;
        if (this.asking)
            this.tell("job", null);
        if (this.asking && Date.now() < this.asking.untilMs)
            this.askLater();
        else
            this.follow(read.streamFrom);
    }

    /** Nothing comes through the stream, though the list may be answered. */
    unheard() {
        this.stream = null;
        this.asking = { everyMs: askFirstMs / 2, untilMs: Date.now() + askForMs };
        this.refresh();
    }

    askLater() {
        if (!this.asking)
            return;
        this.asking.everyMs = Math.min(this.asking.everyMs * 2, askMostMs);
        this.retryTimer = setTimeout(() => this.refresh(), this.asking.everyMs);
        this.setFresh({ mode: "asking", everyS: this.asking.everyMs / 1000 });
    }

    /** @param {unknown} problem */
    fail(problem) {
        this.reading = false;
        this.problem = problem;
        this.tell("list");
        if (problem instanceof Problem && problem.passes) {
            const waitMs = Math.max(this.backoff.next(), (problem.retryAfterS ?? 0) * 1000);
            this.retryTimer = setTimeout(() => this.refresh(), waitMs);
            this.setFresh({ mode: "lost", retryAtMs: Date.now() + waitMs });
        } else {
            this.setFresh({ mode: "refused" });
        }
    }

    /** @param {string | null} lastId */
    follow(lastId) {
        if (!this.shown)
            return;
        this.stream = new Stream(this.api, filterQuery(this.shown.view), lastId, {
            open: () => {
                this.asking = null;
                this.setFresh({ mode: "live" });
            },
            lost: (retryAtMs) => this.setFresh({ mode: "lost", retryAtMs }),
            unheard: () => this.unheard(),
            refused: (problem) => this.refused(problem),
            message: (event, data) => this.message(event, data),
        });
    }

    /** @param {Problem} problem */
    refused(problem) {
        this.setFresh({ mode: problem.status === 401 ? "signedOut" : "refused" });
    }

    /**
     * @param {string} event
     * @param {any} data
     */
    message(event, data) {
        if (event === "job" || event === "gone") {
            const row = event === "job" ? this.list.put(data) : this.list.gone(data);
            if (row)
                this.tell("rows", row);
            this.tell("known", [data]);
            this.tell("job", data.jobID);
            this.tell("news");
        } else if (event === "fresh") {
            this.setFresh({ asOf: data.asOf ?? null, heardAtMs: Date.now(),
                secondsBehind: data.asOf ? data.secondsBehind ?? 0 : null });
        } else if (event === "reset") {
            this.refresh();
        }
    }

    /** The session ended: nothing can be asked any more, and what is shown is as of then. */
    signedOut() {
        this.stop();
        this.setFresh({ mode: "signedOut" });
    }

    pause() {
        this.paused = true;
        this.stop();
        this.setFresh({ mode: "paused" });
    }

    resume() {
        this.paused = false;
        this.refresh();
    }

    /** Ends what goes on; what is shown stays. */
    stop() {
        this.request.abort();
        this.stream?.close();
        this.stream = null;
        clearTimeout(this.retryTimer);
    }

    /** The network is back, or somebody is impatient. */
    hurry() {
        if (this.stream)
            this.stream.hurry();
        else if (this.fresh.mode === "lost")
            this.refresh();
    }

    /** @param {Partial<import("./freshness.js").FreshState>} changes */
    setFresh(changes) {
        this.fresh = { ...this.fresh, ...changes };
        serverClock.runs = this.fresh.mode === "live";
        if (changes.heardAtMs !== undefined)
            serverClock.hear(this.fresh, changes.heardAtMs);
        this.tell("fresh");
    }

    /**
     * @param {string} name
     * @param {unknown} [detail]
     */
    tell(name, detail) {
        this.dispatchEvent(new CustomEvent(name, { detail }));
    }
}

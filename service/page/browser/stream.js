// SPDX-License-Identifier: Apache-2.0
// The live stream: one connection at a time, opened again behind the last message seen, after a
// wait that grows. A connection on which nothing at all came for 30 s is dead, whatever TCP says.
// (EventSource cannot carry a token, hence fetch.)
import { isAbort } from "./api.js";
import { Backoff } from "./backoff.js";
import { Problem } from "./problem.js";
import { SseReader } from "./sse.js";

const silenceMs = 30_000;
const briefMs = 30_000;

/**
 * @typedef {object} StreamListener
 * @property {(event: string, data: any) => void} message
 * @property {() => void} open
 * @property {(retryAtMs: number) => void} lost by Date.now()
 * @property {() => void} unheard nothing comes through: it is closed, and may be tried again later
 * @property {(problem: Problem) => void} refused it will not be tried again
 */

export class Stream {
    /**
     * @param {import("./api.js").Api} api
     * @param {URLSearchParams} query
     * @param {string | null} lastId
     * @param {StreamListener} listener
     */
    constructor(api, query, lastId, listener) {
        this.api = api;
        this.query = query;
        this.lastId = lastId;
        this.listener = listener;
        this.backoff = new Backoff();
        this.closed = false;
        this.renews = false; // its token ended
        this.hears = false; // it was told something before it ended
        this.silent = false; // not a byte came, for so long that none will
        this.renewedAt = -Infinity; // when a token ended last, by Date.now()
        this.connection = new AbortController();
        this.wake = () => {};
        void this.run();
    }

    /** Nothing is told any more. */
    close() {
        this.closed = true;
        this.connection.abort();
        this.wake();
    }

    /** Tries at once instead of at the end of the wait. */
    hurry() {
        this.wake();
    }

    async run() {
        while (!this.closed) {
            this.renews = this.hears = this.silent = false;
            const problem = await this.connect();
            if (this.closed)
                return;
            if (problem && !problem.passes) {
                this.closed = true;
                this.listener.refused(problem);
                return;
            }
            if (this.silent) {
                this.closed = true;
                this.listener.unheard();
                return;
            }
            // A token that was over from the beginning will be so again, and so will one that ends
            // right after another.
            if (!this.renews || !this.hears || this.isRenewedAgain())
                await this.rest((problem?.retryAfterS ?? 0) * 1000);
        }
    }

    /** @returns {Promise<Problem | null>} null: it was open, and ended */
    async connect() {
        this.connection = new AbortController();
        const { signal } = this.connection;
        let watch = this.watchSilence(true);
        try {
            const response = await this.api.stream(this.query, this.lastId, signal);
            this.listener.open();
            const reader = (response.body ?? new ReadableStream())
                .pipeThrough(new TextDecoderStream()).getReader();
            const events = new SseReader();
            for (;;) {
                const { done, value } = await reader.read();
                clearTimeout(watch);
                if (done)
                    return null;
                watch = this.watchSilence();
                this.tell(events.read(value));
            }
        } catch (error) {
            return error instanceof Problem ? error : isAbort(error) ? null : new Problem(0);
        } finally {
            clearTimeout(watch);
        }
    }

    /** @param {boolean} [isFirst] nothing came yet */
    watchSilence(isFirst = false) {
        const { connection } = this;
        return setTimeout(() => {
            this.silent = isFirst;
            connection.abort();
        }, silenceMs);
    }

    /** @param {import("./sse.js").Message[]} messages */
    tell(messages) {
        for (const { event, id, data } of messages) {
            if (this.closed)
                return;
            this.lastId = id ?? this.lastId;
            const body = parsed(data);
            // As it must be from time to time: no loss, and nothing to wait for.
            if (event === "end" && body?.reason === "token_expired") {
                this.renews = true;
                this.api.rejectToken();
            }
            if (event !== "end") {
                this.hears = true;
                this.backoff.reset();
            }
            if (body)
                this.listener.message(event, body);
        }
    }

    isRenewedAgain() {
        const now = Date.now(), sinceMs = now - this.renewedAt;
        this.renewedAt = now;
        return sinceMs < briefMs;
    }

    /** @param {number} leastMs */
    async rest(leastMs) {
        const waitMs = Math.max(this.backoff.next(), leastMs);
        this.listener.lost(Date.now() + waitMs);
        await new Promise((resolve) => {
            const timer = setTimeout(resolve, waitMs);
            this.wake = () => {
                clearTimeout(timer);
                resolve(undefined);
            };
        });
        this.wake = () => {};
    }
}

/** @param {string} data */
function parsed(data) {
    try {
        return JSON.parse(data);
    } catch {
        return null; // not of the kind we know
    }
}

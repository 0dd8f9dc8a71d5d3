// SPDX-License-Identifier: Apache-2.0
// The questions to the service, at the address of the page itself. Every one carries the member's
// token; a failure is a Problem, an abort the browser's AbortError.
import { Problem, problemOf } from "./problem.js";

/** @typedef {import("./job.js").Job} Job */
/** @typedef {import("./timeline.js").HistoryEvent} HistoryEvent */
/** @typedef {import("./requests.js").CancelRequest} CancelRequest */
/** @typedef {{href: string, rel: string}} Link */
/** @typedef {{asOf: string | null, secondsBehind: number | null}} Freshness */

/**
 * @typedef {object} JobList
 * @property {Job[]} jobs
 * @property {number | null} matched null: more than `moreThan`
 * @property {number} moreThan
 * @property {number | null} before so many stand before the page; null: not known
 * @property {number} boundedTo 0: all were looked at
 * @property {string} next a cursor, or empty
 * @property {string} previous
 * @property {string | null} streamFrom where the live stream goes on
 * @property {Freshness} freshness
 */

export class Api {
    /**
     * @param {string} base the organisation's address, without a slash at its end
     * @param {{token: () => Promise<string>, reject: () => void}} session
     */
    constructor(base, session) {
        this.base = base;
        this.session = session;
    }

    /**
     * @param {URLSearchParams} query
     * @param {AbortSignal} [signal]
     * @returns {Promise<JobList>}
     */
    async list(query, signal) {
        const response = await this.ask(`/jobs?${query}`, { signal });
        const body = await bodyOf(response);
        return {
            jobs: body.jobs,
            matched: body.numberMatched ?? null,
            moreThan: body.numberMatchedMoreThan ?? 0,
            before: body.numberBefore ?? null,
            boundedTo: body.boundedToNewest ?? 0,
            next: cursorOf(body.links, "next"),
            previous: cursorOf(body.links, "prev"),
            streamFrom: response.headers.get("Jobtrail-Stream-From"),
            freshness: freshnessOf(response),
        };
    }

    /**
     * How many there are in each state.
     * @param {string} query the filters
     * @param {AbortSignal} signal
     * @returns {Promise<import("./counts.js").Known>}
     */
    async counts(query, signal) {
        return bodyOf(await this.ask(`/job-counts${query && "?"}${query}`, { signal }));
    }

    /**
     * When they were created.
     * @param {URLSearchParams} query
     * @param {AbortSignal} signal
     * @returns {Promise<import("./later_timeline.js").Timeline>}
     */
    async timeline(query, signal) {
        return bodyOf(await this.ask(`/job-timeline?${query}`, { signal }));
    }

    /**
     * @param {string} id
     * @param {AbortSignal} [signal]
     * @returns {Promise<Job>}
     */
    async job(id, signal) {
        return bodyOf(await this.ask(this.pathOf(id), { signal }));
    }

    /**
     * @param {string} id
     * @param {AbortSignal} [signal]
     * @returns {Promise<HistoryEvent[]>}
     */
    async history(id, signal) {
        return (await bodyOf(await this.ask(`${this.pathOf(id)}/history`, { signal }))).events;
    }

    /**
     * A page of the requests to cancel a job.
     * @param {string} id
     * @param {AbortSignal} [signal]
     * @param {string} [cursor] of the page before; none: the first page
     * @returns {Promise<import("./requests.js").RequestPage>} next: a cursor, empty on the last page
     */
    async cancelRequests(id, signal, cursor) {
        const path = `${this.pathOf(id)}/cancel-requests`;
        const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
        const response = await this.ask(path + query, { signal });
        const body = await bodyOf(response);
        return { requests: body.cancelRequests, next: cursorOf(body.links, "next"), asOf: freshnessOf(response).asOf };
    }

    /**
     * Asks for a job's end. The same key is the same request, however often it is sent.
     * @param {string} id
     * @param {string} key
     * @param {string} reason empty: none
     * @returns {Promise<CancelRequest>}
     */
    async cancel(id, key, reason) {
        return bodyOf(await this.ask(`${this.pathOf(id)}/cancel-requests`, {
            method: "POST",
            headers: { "Idempotency-Key": key, "Content-Type": "application/json" },
            body: JSON.stringify(reason ? { reason } : {}),
        }));
    }

    /** @returns {Promise<string[]>} the types of the jobs that the member sees */
    async types() {
        const body = await bodyOf(await this.ask("/processes?limit=1000"));
        return body.processes.map((/** @type {{id: string}} */ process) => process.id);
    }

    /**
     * The live stream's answer; its body is read elsewhere.
     * @param {URLSearchParams} query
     * @param {string | null} lastId
     * @param {AbortSignal} signal
     */
    async stream(query, lastId, signal) {
        const headers = { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
        const tail = query.size ? `?${query}` : "";
        return this.ask(`/stream${tail}`, { headers, signal, cache: "no-store" });
    }

    /** The service takes the token no longer: the next question carries another. */
    rejectToken() {
        this.session.reject();
    }

    /**
     * A browser takes the segments "." and ".." out of an address, however they are encoded: such
     * an id has a tilde in front of it there.
     * @param {string} id
     */
    pathOf(id) {
        return `/jobs/${/^~*\.\.?$/.test(id) ? "~" : ""}${encodeURIComponent(id)}`;
    }

    /**
     * A token that is not taken is renewed, once.
     * @param {string} path
     * @param {RequestInit & {headers?: Record<string, string>}} [options]
     */
    async ask(path, options = {}) {
        let response = await this.askOnce(path, options);
        if (response.status === 401) {
            this.session.reject();
            response = await this.askOnce(path, options);
        }
        if (!response.ok)
            throw await problemOf(response);
        return response;
    }

    /**
     * @param {string} path
     * @param {RequestInit & {headers?: Record<string, string>}} options
     */
    async askOnce(path, options) {
        const authorization = `Bearer ${await this.tokenOrProblem()}`;
        try {
            return await fetch(this.base + path, {
                ...options,
                headers: { Accept: "application/json", ...options.headers, Authorization: authorization },
                credentials: "omit",
                redirect: "error",
            });
        } catch (error) {
            throw isAbort(error) ? error : new Problem(0);
        }
    }

    async tokenOrProblem() {
        try {
            return await this.session.token();
        } catch {
            throw new Problem(401);
        }
    }
}

/** @param {unknown} error */
export function isAbort(error) {
    return error instanceof DOMException && error.name === "AbortError";
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
async function bodyOf(response) {
    try {
        return await response.json();
    } catch (error) {
        throw isAbort(error) ? error : new Problem(0); // cut off on its way
    }
}

/**
 * The links are absolute and may lead through another name; only their cursor is of use here.
 * @param {Link[]} links
 * @param {string} relation
 */
function cursorOf(links, relation) {
    const link = links.find((each) => each.rel === relation);
    return link ? new URL(link.href, location.href).searchParams.get("cursor") ?? "" : "";
}

/**
 * @param {Response} response
 * @returns {Freshness}
 */
function freshnessOf(response) {
    const behind = response.headers.get("Jobtrail-Seconds-Behind");
    return {
        asOf: response.headers.get("Jobtrail-As-Of"),
        secondsBehind: behind === null ? null : Number(behind),
    };
}

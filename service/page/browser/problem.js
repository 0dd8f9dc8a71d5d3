// SPDX-License-Identifier: Apache-2.0
// What went wrong between the page and the service, and how to say it.
import { t } from "./words.js";

/** An answer that is none (RFC 9457), or no answer at all (status 0). */
export class Problem extends Error {
    /**
     * @param {number} status
     * @param {{type?: string, title?: string, detail?: string, instance?: string, parameter?: string}} [body]
     * @param {number} [retryAfterS] as the service wishes
     * @param {string} [asked] the path that was asked for; "": unknown
     */
    constructor(status, body = {}, retryAfterS, asked = "") {
        super(body.title ?? `status ${status}`);
        this.status = status;
        this.type = body.type ?? "";
        this.detail = body.detail ?? "";
        this.parameter = body.parameter ?? "";
        this.retryAfterS = retryAfterS;
        // The service names the path that reached it; a prefix may have been taken off.
        this.cameAsAnother = Boolean(asked && body.instance) && !asked.endsWith(body.instance ?? "");
    }

    /** Whether the same question may be answered later. */
    get passes() {
        return this.status === 0 || this.status === 429 || this.status >= 500;
    }
}

/**
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
export async function problemOf(response) {
    const after = Number(response.headers.get("Retry-After"));
    let body = {};
    try {
        body = await response.json();
    } catch {
        // Something between us answered; its status must do.
    }
    return new Problem(response.status, body && typeof body === "object" ? body : {},
        after > 0 ? after : undefined, response.url && new URL(response.url).pathname);
}

/**
 * A sentence for a member.
 * @param {unknown} problem
 * @returns {string}
 */
export function problemWords(problem) {
    if (!(problem instanceof Problem))
        return t("problem.unexpected");
    if (problem.status === 0)
        return t("problem.unreachable");
    if (problem.status === 400)
        return t("problem.badView", { name: problem.parameter || "?" });
    if (problem.status === 401)
        return t("problem.signedOut");
    if (problem.status === 404 && problem.type.endsWith("no-such-job"))
        return t("problem.noSuchJob");
    if (problem.status === 404)
        return t(problem.cameAsAnother ? "problem.anotherAddress" : "problem.notYours");
    if (problem.status === 429)
        return t("problem.tooMany");
    if (problem.status === 431)
        return t("problem.tokenTooLong");
    return t("problem.unavailable");
}

/** @type {Record<string, import("./words.js").Key>} */
const refusals = {
    NOT_CREATOR: "refused.notCreator",
    ALREADY_FINISHED: "refused.finished",
    NOT_CANCELLABLE: "refused.notCancellable",
    UNKNOWN_JOB: "refused.unknown",
    EXPIRED: "refused.expired",
    INVALID_CREDENTIALS: "refused.credentials",
    REQUEST_ID_REUSED: "refused.reused",
    CREATOR: "granted.creator",
    ALREADY_REQUESTED: "granted.already",
};

/**
 * A decision's reason in words.
 * @param {string} code
 * @returns {string} the code itself where it is a new one
 */
export function reasonWords(code) {
    const key = refusals[code];
    return key ? t(key) : code;
}

/**
 * Why a cancel request was not granted.
 * @param {unknown} problem
 */
export function refusalWords(problem) {
    if (!(problem instanceof Problem) || problem.passes)
        return problemWords(problem);
    if (problem.status === 403)
        return reasonWords("NOT_CREATOR");
    if (problem.status === 404)
        return reasonWords("UNKNOWN_JOB");
    return problem.detail in refusals ? reasonWords(problem.detail) : problemWords(problem);
}

// SPDX-License-Identifier: Apache-2.0
// All jobs that the filters show, newest first, in the form of a file. They are read page by page, so
// that neither the service nor this page holds more than it must, up to a bound.
import { Problem } from "./problem.js";
import { defaultSort, listQuery } from "./view_state.js";

/** @typedef {import("./job.js").Job} Job */
/** @typedef {import("./view_state.js").View} View */

const pageRows = 1000; // the most that the API gives
export const rowsMax = 100_000;
const patienceMs = 2000;
const retriesMax = 5;

/** @type {[string, (job: Job) => string | number | undefined][]} */
const fields = [
    ["jobID", ({ jobID }) => jobID],
    ["processID", ({ processID }) => processID],
    ["creatorID", ({ creatorID }) => creatorID],
    ["status", ({ status }) => status],
    ["attempt", ({ attempt }) => attempt],
    ["progress", ({ progress }) => progress],
    ["created", ({ created }) => created],
    ["started", ({ started }) => started],
    ["finished", ({ finished }) => finished],
    ["updated", ({ updated }) => updated],
    ["errorCode", ({ exception }) => exception?.code],
    ["resultURI", ({ resultURI }) => resultURI],
    ["message", ({ message }) => message],
];

/**
 * A line as RFC 4180 has it. What a spreadsheet would take for a formula has an apostrophe in front
 * of it: the texts are those of services, and nobody is to run them.
 * @param {(string | number | undefined)[]} values
 */
export function csvLine(values) {
    return values.map((value) => {
        const text = String(value ?? "");
        const safe = typeof value === "string" && /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
        return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    }).join(",") + "\r\n";
}

/**
 * @param {Job[]} jobs
 * @param {"csv" | "json"} form
 * @param {boolean} isFirst
 */
function written(jobs, form, isFirst) {
    if (form === "csv")
        return (isFirst ? csvLine(fields.map(([name]) => name)) : "") +
            jobs.map((job) => csvLine(fields.map(([, read]) => read(job)))).join("");
    const lines = jobs.map((job) => JSON.stringify({ ...job, links: undefined, createdByMe: undefined }));
    return (isFirst ? "[\n" : lines.length ? ",\n" : "") + lines.join(",\n");
}

/**
 * Reads all there is.
 * @param {import("./api.js").Api} api
 * @param {View} view
 * @param {"csv" | "json"} form
 * @param {AbortSignal} signal
 * @param {(count: number, read: import("./api.js").JobList) => void} told
 */
export async function readAll(api, view, form, signal, told) {
    const query = listQuery({ ...view, sortby: defaultSort, cursor: "" }, pageRows);
    const parts = [];
    let count = 0;
    for (;;) {
        const read = await patiently(() => api.list(query, signal));
        parts.push(new Blob([written(read.jobs, form, !count)]));
        count += read.jobs.length;
        told(count, read);
        if (!read.next || count >= rowsMax) {
            if (form === "json")
                parts.push("\n]\n");
            return { parts, count, isCut: Boolean(read.next), boundedTo: read.boundedTo };
        }
        query.set("cursor", read.next);
    }
}

/**
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 */
async function patiently(ask) {
    for (let tries = 0; ; tries++)
        try {
            return await ask();
        } catch (problem) {
            if (!(problem instanceof Problem) || !problem.passes || tries >= retriesMax)
                throw problem;
            const waitMs = Math.max(patienceMs, (problem.retryAfterS ?? 0) * 1000);
            await new Promise((resolve) => { setTimeout(resolve, waitMs); });
        }
}

// SPDX-License-Identifier: Apache-2.0
// openapi-fetch with the types that openapi-typescript generated asks the API: generated.js URL
// TOKEN JOB. Prints what it saw as JSON.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

declare const process: { argv: string[] };
const [baseUrl, token, jobId] = process.argv.slice(2) as [string, string, string];
const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

function got<T>(answer: { data?: T; response: Response }): T {
    if (answer.data === undefined)
        throw new Error(`${answer.response.url}: ${answer.response.status}`);
    return answer.data;
}

function path(id: string): { path: { jobId: string } } {
    return { path: { jobId: id } };
}

const listed = got(await api.GET("/jobs", {
    params: { query: { status: ["running", "failed"], processID: ["Load"], q: "b", sortby: "jobID" } },
}));
const odd = got(await api.GET("/jobs", { params: { query: { processID: ["Odd\\, type/é"] } } }));
const shown = got(await api.GET("/jobs/{jobId}", { params: { ...path("run"), query: { f: "json" } } }));
const dots = got(await api.GET("/jobs/{jobId}", { params: path("~..") }));
const missing = await api.GET("/jobs/{jobId}", { params: path("none") });
const cancelling = "/jobs/{jobId}/cancel-requests";
const asked = got(await api.POST(cancelling, {
    params: { ...path(jobId), header: { "Idempotency-Key": crypto.randomUUID() } },
    body: { reason: "no longer needed" },
}));
const again = got(await api.POST(cancelling, { params: path(jobId) }));
const dismissed = got(await api.DELETE("/jobs/{jobId}", { params: path(jobId) }));
const request = got(await api.GET("/jobs/{jobId}/cancel-requests/{requestId}", {
    params: { path: { jobId, requestId: asked.requestID } },
}));
const result = await api.GET("/jobs/{jobId}/results", { params: path("good"), redirect: "manual" });
const definition = got(await api.GET("/api", { params: { query: { f: "json" } } })) as { openapi?: string };
console.log(JSON.stringify({
    listed: listed.jobs.map(job => job.jobID),
    odd: odd.jobs.map(job => job.jobID),
    job: [shown.jobID, shown.status, shown.progress],
    dots: dots.jobID,
    missing: missing.error?.status,
    cancelled: [asked.decision, again.reasonCode, "cancelling" in dismissed && dismissed.cancelling],
    request: request.outcome,
    result: result.response.headers.get("Location"),
    openapi: definition.openapi,
}));

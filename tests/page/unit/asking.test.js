// SPDX-License-Identifier: Apache-2.0
// Asking for the end of several jobs: a few at a time, no faster than wished, and nothing is claimed
// that is not known.
import assert from "node:assert/strict";
import { test } from "node:test";

import { askAll } from "../../../service/page/browser/later_asking.js";
import { Problem } from "../../../service/page/browser/problem.js";

const job = (jobID, status = "running") => ({ jobID, status });
const wished = (count) => Array.from({ length: count }, (_, i) =>
    ({ job: job(`j${i}`), key: `k${i}`, outcome: "waiting" }));

/** Asks; answers by the id of a job and which attempt it is. */
async function asked(all, answer, { stopsAfter = Infinity, now = (each) => each } = {}) {
    const calls = [];
    let running = 0, most = 0, waitedMs = 0;
    await askAll(all, {
        ask: async ({ jobID }, key) => {
            calls.push([jobID, key]);
            most = Math.max(most, ++running);
            await new Promise((resolve) => { setImmediate(resolve); });
            running--;
            const given = answer(jobID, calls.filter(([id]) => id === jobID).length);
            if (given instanceof Error) throw given;
            return given ?? { reasonCode: "CREATOR" };
        },
        now,
        told: () => {},
        isStopped: () => calls.length >= stopsAfter,
        wait: async (ms) => {
            waitedMs += ms;
            await new Promise((resolve) => { setTimeout(resolve, ms); });
        },
    });
    return { outcomes: all.map(({ outcome }) => outcome), calls, most, waitedMs };
}

test("each once, four at most at a time, with its own key", async () => {
    const { outcomes, calls, most } = await asked(wished(11), () => undefined);
    assert.deepEqual(outcomes, Array(11).fill("granted"));
    assert.equal(most, 4);
    assert.deepEqual(calls.toSorted(), wished(11).map(({ job: { jobID }, key }) => [jobID, key]).toSorted());
});

test("what it came to, and no more than is known", async () => {
    const problems = { j0: new Problem(403, { detail: "NOT_CREATOR" }), j1: new Problem(409, { detail: "ALREADY_FINISHED" }),
        j2: new Problem(0), j3: new Problem(500), j4: new Problem(413), j5: new TypeError("x"), j6: new Problem(404) };
    const { outcomes } = await asked(wished(9), (id) => problems[id] ??
        (id === "j7" ? { reasonCode: "ALREADY_REQUESTED" } : undefined));
    assert.deepEqual(outcomes,
        ["refused", "ended", "unknown", "unknown", "notAsked", "unknown", "refused", "already", "granted"]);
});

test("one that is known to have ended is not asked for, unless a request may have arrived", async () => {
    const all = wished(2);
    all[1].outcome = "unknown";
    const { outcomes, calls } = await asked(all, () => undefined, { now: ({ jobID }) => job(jobID, "failed") });
    assert.deepEqual(outcomes, ["ended", "granted"]);
    assert.deepEqual(calls, [["j1", "k1"]]);
});

test("too fast: all wait, with the same key; after some tries it was not asked", async () => {
    const slow = new Problem(429, {}, 0.02);
    const { outcomes, calls, waitedMs } = await asked(wished(2), (id, time) => id === "j0" || time < 3 ? slow : undefined);
    assert.deepEqual(outcomes, ["notAsked", "granted"]);
    assert.ok(waitedMs > 0);
    assert.equal(new Set(calls.map(([, key]) => key)).size, 2);
});

test("an answer lost once stays not known, whatever comes then without an answer", async () => {
    const { outcomes } = await asked(wished(1), (_, time) =>
        time === 1 ? new Problem(503, {}, 0.01) : new Problem(429, {}, 0.01));
    assert.deepEqual(outcomes, ["unknown"]);
});

test("signed out, no further one is asked", async () => {
    const { outcomes, calls } = await asked(wished(20), () => new Problem(401));
    assert.deepEqual(outcomes, Array(20).fill("notAsked"));
    assert.ok(calls.length <= 4);
});

test("stopped, those that were not asked are told as such", async () => {
    const { outcomes } = await asked(wished(10), () => undefined, { stopsAfter: 4 });
    assert.deepEqual(outcomes, [...Array(4).fill("granted"), ...Array(6).fill("notAsked")]);
});

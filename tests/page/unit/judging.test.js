// SPDX-License-Identifier: Apache-2.0
// What is said of a job's state, of its events, and of how fresh the table is.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nextSort } from "../../../service/page/browser/column_head.js";
import { visible } from "../../../service/page/browser/dom.js";
import { freshnessWords, unknownFreshness } from "../../../service/page/browser/freshness.js";
import { shownNote, shownStatus, whyNotCancel } from "../../../service/page/browser/job.js";
import { Problem, problemWords, reasonWords, refusalWords } from "../../../service/page/browser/problem.js";
import { judge } from "../../../service/page/browser/timeline.js";
import { setLanguage } from "../../../service/page/browser/words.js";

const running = { jobID: "a", status: "running", attempt: 1, createdByMe: true, creatorID: "me",
    creatorDisputed: false, cancellable: true };

test("why a job cannot be cancelled, in the service's order", async () => {
    const cases = [
        [{}, null],
        [{ cancelling: "open" }, "cannot.asked"],
        [{ cancelling: "unanswered" }, null],
        [{ cancellable: false }, "cannot.notCancellable"],
        [{ cancellable: false, status: "failed" }, "cannot.finished"],
        [{ status: "failed", createdByMe: false }, "cannot.notMine"],
        [{ createdByMe: false, creatorID: undefined }, "cannot.nobodys"],
        [{ creatorDisputed: true }, "cannot.disputed"],
    ];
    for (const [change, why] of cases)
        assert.equal(whyNotCancel({ ...running, ...change }), why, JSON.stringify(change));
});

test("a finished job is neither cancelling nor silent", async () => {
    const ended = { ...running, status: "failed", cancelling: "open", silent: true };
    assert.equal(shownStatus(ended).word, "status.failed");
    assert.equal(shownNote(ended, 0), null);
    assert.equal(shownNote({ ...ended, overtaken: true }, 0).word, "note.overtaken");
    assert.equal(shownStatus({ ...running, cancelling: "open" }).word, "status.cancelling");
    assert.equal(shownNote({ ...running, silent: true }, 0).word, "note.silent");
    assert.equal(shownNote({ ...running, silent: true, cancelling: "unanswered" }, 0).word,
        "note.unanswered");
});

test("silent from its moment on by the service's time, or as soon as the service says so", async () => {
    const silentFrom = "2026-11-24T12:00:03.500000Z";
    const from = Date.parse(silentFrom);
    const word = (change, serverMs) => shownNote({ ...running, silentFrom, ...change }, serverMs)?.word;
    assert.equal(word({}, from), undefined);
    assert.equal(word({}, from + 1), "note.silent");
    assert.equal(word({ silent: true }, 0), "note.silent");
    assert.equal(word({ status: "successful" }, from + 1), undefined);
    assert.equal(word({ cancelling: "unanswered" }, from + 1), "note.unanswered");
    assert.equal(word({ silentFrom: undefined }, from + 1), undefined);
});

const event = (set, kind, rank, attempt, second, more = {}) => ({ set, kind, rank, attempt,
    occurred: `2026-11-23T15:00:0${second}.000000Z`, ...more });

test("events that decided, repeated, were superseded, contradict", async () => {
    const judged = judge([
        event("creation", "JobCreated", 0, 1, 0, { creatorID: "ada" }),
        event("creation", "JobCreated", 1, 1, 4, { creatorID: "ada" }),
        event("creation", "JobCreated", 2, 1, 5, { creatorID: "eve" }),
        event("start", "JobStarted", 0, 2, 6),
        event("start", "JobStarted", 1, 1, 1),
        event("end", "JobSucceeded", 0, 2, 7),
        event("end", "JobSucceeded", 1, 2, 8),
        event("end", "JobFailed", 2, 2, 9),
        event("end", "JobFailed", 3, 1, 2),
    ], 2);
    assert.deepEqual(judged.map(({ event: { set, rank }, verdict }) => `${set} ${rank} ${verdict}`), [
        "creation 0 decides", "start 1 superseded", "end 3 superseded", "creation 1 repeated",
        "creation 2 contradicting", "start 0 decides", "end 0 decides", "end 1 repeated",
        "end 2 contradicting"]);
});

test("an end of an attempt before the job's is superseded, though it is the best there is", async () => {
    assert.equal(judge([event("end", "JobFailed", 0, 1, 1)], 2)[0].verdict, "superseded");
});

test("freshness is said as it is", async () => {
    await setLanguage("en");
    const now = Date.parse("2026-11-23T12:00:10Z");
    const live = { ...unknownFreshness(), mode: "live", asOf: "2026-11-23T12:00:09Z", secondsBehind: 1,
        heardAtMs: now, hasTable: true };
    const words = (change, later = 0) => freshnessWords({ ...live, ...change }, now + later);
    assert.match(words({}).text, /^Up to date as of \d\d:\d\d:09$/);
    assert.equal(words({}, 11_000).text, "12 s behind"); // silence counts
    assert.equal(words({ secondsBehind: 83 }).text, "1 min 23 s behind");
    assert.match(words({ asOf: null, secondsBehind: null }).text, /^Still reading/);
    assert.match(words({ mode: "lost", retryAtMs: now + 2500 }).text,
        /^Connection lost, reconnecting in 3 s · table as of/);
    assert.match(words({ mode: "lost", retryAtMs: now - 1 }).text, /^Connection lost, reconnecting…/);
    assert.match(words({ mode: "paused" }).text, /^Paused · table as of/);
    assert.equal(words({ mode: "connecting", hasTable: false }).text, "Connecting…");
    for (const mode of ["lost", "paused", "refused", "signedOut", "connecting"])
        assert.notEqual(words({ mode }).kind, "live");
});

test("problems and refusals are sentences, never codes that are known", async () => {
    await setLanguage("en");
    assert.match(problemWords(new Problem(0)), /cannot be reached/);
    assert.match(problemWords(new Problem(400, { parameter: "cursor" })), /cursor/);
    assert.match(problemWords(new Problem(404, { instance: "/organizations/a/jobs/b%2Fc" }, undefined,
        "/portal/organizations/a/jobs/b%2Fc")), /not a member/);
    assert.match(problemWords(new Problem(404, { instance: "/organizations/a/jobs/b/c" }, undefined,
        "/portal/organizations/a/jobs/b%2Fc")), /changes addresses/);
    assert.match(problemWords(new Error("x")), /unexpected/);
    assert.match(refusalWords(new Problem(409, { detail: "ALREADY_FINISHED" })), /already finished/);
    assert.match(refusalWords(new Problem(403)), /only its creator/);
    assert.equal(reasonWords("OF_TOMORROW"), "OF_TOMORROW");
});

test("what turns or hides text is shown as its number", async () => {
    assert.equal(visible("a\u202egnp\u0000\u200b.exe\n"), "a\\u202egnp\\u0000\\u200b.exe\n");
    assert.equal(visible("<b>é 日本 😀"), "<b>é 日本 😀");
    assert.equal(visible("job\u200c1 \u200da\u0301\u200d"), "job\\u200c1 \\u200da\u0301\\u200d");
    assert.equal(visible("می\u200cخواهم 👩🏽\u200d💻"), "می\u200cخواهم 👩🏽\u200d💻");
    assert.equal(visible("👩\u200c💻"), "👩\\u200c💻");
    assert.equal(visible("👩\u200d\u200d💻"), "👩\\u200d\\u200d💻");
});

test("a press on a head turns the order; dates begin with the newest", async () => {
    assert.equal(nextSort({ name: "jobID", isDate: false }, "-created"), "jobID");
    assert.equal(nextSort({ name: "jobID", isDate: false }, "jobID"), "-jobID");
    assert.equal(nextSort({ name: "created", isDate: true }, "jobID"), "-created");
    assert.equal(nextSort({ name: "created", isDate: true }, "-created"), "created");
});

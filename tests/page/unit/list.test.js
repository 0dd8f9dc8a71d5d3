// SPDX-License-Identifier: Apache-2.0
// What the stream's messages do to the page of jobs that is shown: rows change in place, none
// comes or goes; what belongs on the page is counted.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { List } from "../../../service/page/browser/list.js";
import { belongsOn, compareJobs, hasSameKey } from "../../../service/page/browser/place.js";

const job = (jobID, minute, more = {}) => ({ jobID, status: "running", attempt: 1, links: [],
    created: `2026-11-23T15:${String(minute).padStart(2, "0")}:00.000000Z`, createdByMe: true,
    creatorDisputed: false, cancellable: true, ...more });
const read = (jobs, more = {}) => ({ jobs, matched: jobs.length, moreThan: 0, boundedTo: 0, next: "",
    previous: "", streamFrom: "1", freshness: { asOf: "2026-11-23T15:30:00.000000Z", secondsBehind: 0 },
    ...more });

let list;
beforeEach(() => {
    list = new List();
    list.take(read([job("c", 30), job("b", 20), job("a", 10)], { next: "n" }), "-created");
});
const ids = () => [...list.rows.keys()];

test("a job that is shown changes in place", () => {
    const row = list.put(job("b", 20, { progress: 50 }));
    assert.equal(row.job.progress, 50);
    assert.deepEqual(ids(), ["c", "b", "a"]);
    assert.equal(list.news().count, 0);
});

test("a new job is counted, once, and is not shoved in", () => {
    assert.equal(list.put(job("d", 31)), null);
    list.put(job("d", 31, { progress: 1 }));
    assert.deepEqual(ids(), ["c", "b", "a"]);
    assert.deepEqual(list.news(), { count: 1, many: false, areNew: true, left: 0, misplaced: 0 });
});

test("a job of another page is no news, one with its place on this page is", () => {
    list.put(job("old", 5));
    assert.equal(list.news().count, 0);
    list.put(job("between", 15));
    assert.deepEqual(list.news(), { count: 1, many: false, areNew: false, left: 0, misplaced: 0 });
});

test("a row that leaves the filters stays, marked, until it is back", () => {
    const row = list.gone(job("b", 20, { status: "failed" }));
    assert.deepEqual([row.left, row.job.status], [true, "failed"]);
    assert.deepEqual(ids(), ["c", "b", "a"]);
    assert.deepEqual(list.news(), { count: 0, many: false, areNew: true, left: 1, misplaced: 0 });
    assert.equal(list.put(job("b", 20)).left, false);
    assert.equal(list.news().left, 0);
    assert.equal(list.gone(job("unknown", 1)), null);
});

test("a row whose place changed is counted, and one that is still in its place is not", () => {
    list.take(read([job("a", 1, { progress: 10 }), job("b", 2, { progress: 20 }),
        job("c", 3, { progress: 30 })], { next: "n" }), "progress");
    list.put(job("a", 1, { progress: 15, message: "still before b" }));
    assert.equal(list.news().misplaced, 0);
    list.put(job("a", 1, { progress: 25 }));
    assert.equal(list.news().misplaced, 1);
    list.put(job("c", 3, { progress: 31 }));
    assert.equal(list.news().misplaced, 2, "it may stand on the next page by now");
    list.gone(job("a", 1, { progress: 25 }));
    assert.equal(list.news().misplaced, 1, "one that left has no place");
    list.put(job("c", 3, { progress: 30 }));
    assert.equal(list.news().misplaced, 0);
});

test("the last row of all may move on as it likes", () => {
    list.take(read([job("a", 1, { progress: 10 }), job("b", 2, { progress: 20 })]), "progress");
    list.put(job("b", 2, { progress: 90 }));
    assert.equal(list.news().misplaced, 0);
});

test("what somebody asked about a job that left does not bring it back", () => {
    list.gone(job("b", 20, { status: "dismissed" }));
    assert.equal(list.tell(job("b", 20, { status: "dismissed" })).left, true);
    assert.equal(list.tell(job("unknown", 1)), null);
    assert.equal(list.news().count, 0);
});

test("what grows older than the time asked for leaves, once", () => {
    const isOld = ({ created }) => Date.parse(created) < Date.parse("2026-11-23T15:20:00Z");
    assert.deepEqual(list.expire(isOld).map(({ job: { jobID } }) => jobID), ["a"]);
    assert.deepEqual(list.expire(isOld), []);
    assert.equal(list.news().left, 1);
    assert.equal(list.matching, 2);
});

test("a new job that leaves the filters again is no news", () => {
    list.put(job("d", 31));
    list.gone(job("d", 31));
    assert.equal(list.news().count, 0);
});

test("reading the list again takes the news in", () => {
    list.put(job("d", 31));
    list.take(read([job("d", 31), job("c", 30)]), "-created");
    assert.deepEqual(ids(), ["d", "c"]);
    assert.equal(list.news().count, 0);
});

test("news are bounded", () => {
    for (let i = 0; i < 1500; i++)
        list.put(job(`n${i}`, 40));
    assert.deepEqual(list.news(), { count: 1000, many: true, areNew: true, left: 0, misplaced: 0 });
});

test("on an empty page whatever comes belongs there", () => {
    list.take(read([]), "-created");
    list.put(job("x", 1));
    assert.equal(list.news().count, 1);
});

test("orders as the service does: by key, then id; what is missing has its place", () => {
    assert.ok(compareJobs(job("a", 1), job("b", 1), "-created") > 0);
    assert.ok(compareJobs(job("a", 1), job("b", 1), "created") < 0);
    assert.ok(compareJobs(job("a", 1, { progress: 0 }), job("b", 1), "progress") > 0);
    assert.ok(compareJobs(job("a", 1, { finished: "2026" }), job("b", 1), "finished") < 0);
    assert.ok(compareJobs(job("a", 1, { status: "accepted" }), job("b", 1), "status") < 0);
    assert.equal(compareJobs(job("a", 1), job("a", 1), "jobID"), 0);
});

test("by duration: what has not started is before all, what runs keeps its place while time passes", () => {
    const lasted = (id, started, finished) => job(id, 1, { started, finished });
    const none = lasted("none");
    const odd = lasted("odd", "2026-11-23T15:00:10Z", "2026-11-23T15:00:00Z");
    const short = lasted("short", "2026-11-23T15:00:00Z", "2026-11-23T15:00:05Z");
    const ordered = [none, odd, short];
    for (const sortby of ["duration", "-duration"])
        assert.deepEqual([short, none, odd].sort((a, b) => compareJobs(a, b, sortby)),
            sortby === "duration" ? ordered : [...ordered].reverse());
    const running = lasted("running", "2026-11-23T15:00:00Z");
    assert.equal(hasSameKey(running, { ...running, message: "still" }, "duration"), true);
    assert.equal(hasSameKey(running, { ...running, finished: "2026-11-23T15:00:01Z" }, "duration"), false);
});

test("the first page begins and the last page ends with whatever there is", () => {
    const page = { jobs: [job("m", 1), job("p", 1)], sortby: "jobID", isFirst: false, isLast: false };
    assert.deepEqual(["a", "n", "z"].map((id) => belongsOn(job(id, 1), page)), [false, true, false]);
    assert.equal(belongsOn(job("a", 1), { ...page, isFirst: true }), true);
    assert.equal(belongsOn(job("z", 1), { ...page, isLast: true }), true);
});

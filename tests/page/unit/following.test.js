// SPDX-License-Identifier: Apache-2.0
// Reading the list and following the stream, with a made service and made time.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Live } from "../../../service/page/browser/live.js";
import { Problem } from "../../../service/page/browser/problem.js";
import { serverClock } from "../../../service/page/browser/server_clock.js";
import { defaultView } from "../../../service/page/browser/view_state.js";

const view = { ...defaultView(), status: ["running"] };
const job = (jobID, more = {}) => ({ jobID, status: "running", attempt: 1, created: "2026-11-23T15:00:00Z", ...more });

/** A service whose answers are made here, and which remembers what it was asked. */
class Service {
    lists = [];
    streams = [];
    asked = [];
    async list(query) {
        this.asked.push(`list ${query.get("status")}`);
        const answer = this.lists.shift() ?? { jobs: [job("a")] };
        if (answer instanceof Problem) throw answer;
        return { matched: 1, moreThan: 0, boundedTo: 0, next: "", previous: "", streamFrom: "5",
            freshness: { asOf: "2026-11-23T15:00:01Z", secondsBehind: 0.5 }, ...answer };
    }
    async stream(query, lastId, signal) {
        this.asked.push(`stream ${lastId}`);
        if (this.streams.length) throw this.streams.shift();
        const body = new ReadableStream({ start: (controller) => {
            this.connection = controller;
            signal.addEventListener("abort", () => controller.error(signal.reason));
        } });
        return new Response(body);
    }
    rejectToken() {
        this.asked.push("another token");
    }
    say(event, data, id) {
        const text = `event: ${event}\n${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(data)}\n\n`;
        this.connection.enqueue(new TextEncoder().encode(text));
    }
}

let service, live;
beforeEach(() => {
    mock.timers.reset();
    mock.timers.enable({ apis: ["setTimeout", "Date"] });
    service = new Service();
    live = new Live(service);
    return () => live.stop();
});

/** What is under way goes on, without time passing. */
async function settle() {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
async function begin() {
    await live.show(view, 25);
    await settle();
}

test("the list first, then the stream from where the list was", async () => {
    await begin();
    assert.deepEqual(service.asked, ["list running", "stream 5"]);
    assert.equal(live.fresh.mode, "live");
    live.stop();
});

test("a lost connection is taken up behind the last message, after a wait that is told", async () => {
    await begin();
    service.say("job", job("a", { progress: 3 }), 17);
    await settle();
    service.connection.close();
    await settle();
    assert.equal(live.fresh.mode, "lost");
    const waitMs = live.fresh.retryAtMs - Date.now();
    assert.ok(waitMs >= 750 && waitMs <= 1000, `${waitMs}`);
    mock.timers.tick(waitMs);
    await settle();
    assert.deepEqual(service.asked.slice(2), ["stream 17"]);
    assert.equal(live.fresh.mode, "live");
    live.stop();
});

test("waits grow while it stays away, and a wish of the service counts", async () => {
    await begin();
    service.streams = [new Problem(0), new Problem(503, {}, 20)];
    service.connection.close();
    await settle();
    mock.timers.tick(1000);
    await settle();
    assert.ok(live.fresh.retryAtMs - Date.now() > 1000);
    mock.timers.tick(2000);
    await settle();
    assert.equal(live.fresh.retryAtMs - Date.now(), 20_000);
    live.hurry();
    await settle();
    assert.equal(live.fresh.mode, "live");
    live.stop();
});

test("30 s without a word: the connection is dead", async () => {
    await begin();
    mock.timers.tick(20_000);
    service.connection.enqueue(new TextEncoder().encode(": beat\n"));
    await settle();
    mock.timers.tick(29_000);
    await settle();
    assert.equal(live.fresh.mode, "live");
    mock.timers.tick(1_000);
    await settle();
    assert.equal(live.fresh.mode, "lost");
    live.stop();
});

test("a row that left the filters is told, as are others", async () => {
    const rows = [];
    await begin();
    live.addEventListener("rows", ({ detail }) => rows.push([detail.job.jobID, detail.left]));
    service.say("gone", { jobID: "a" }, 6);
    service.say("gone", { jobID: "unknown" }, 7);
    service.say("job", job("a"), 8);
    await settle();
    assert.deepEqual(rows, [["a", true], ["a", false]]);
    live.stop();
});

test("a reset reads the list again", async () => {
    await begin();
    service.lists = [{ jobs: [job("b")], streamFrom: "9" }];
    service.say("reset", { reason: "too_old" }, 8);
    await settle();
    assert.deepEqual(service.asked.slice(2), ["list running", "stream 9"]);
    assert.deepEqual([...live.list.rows.keys()], ["b"]);
    live.stop();
});

test("never caught up is not up to date; news of freshness are taken", async () => {
    await begin();
    service.say("fresh", {}, 6);
    await settle();
    assert.equal(live.fresh.asOf, null);
    service.say("fresh", { asOf: "2026-11-23T15:00:09Z", secondsBehind: 0.2 }, 7);
    await settle();
    assert.deepEqual([live.fresh.asOf, live.fresh.secondsBehind], ["2026-11-23T15:00:09Z", 0.2]);
    live.stop();
});

test("the service's time follows what is heard, and stands while nothing is", async () => {
    await begin();
    service.say("fresh", { asOf: "2026-11-23T16:00:09Z", secondsBehind: 0.2 }, 7);
    await settle();
    mock.timers.tick(2000);
    assert.equal(serverClock.now(), Date.parse("2026-11-23T16:00:11.200Z"));
    live.pause();
    mock.timers.tick(2000);
    assert.equal(serverClock.now(), Date.parse("2026-11-23T16:00:11.200Z"));
});

test("a token that ended is no loss: it goes on at once", async () => {
    await begin();
    const modes = new Set();
    live.addEventListener("fresh", () => modes.add(live.fresh.mode));
    service.say("fresh", { asOf: "2026-11-23T15:00:09Z", secondsBehind: 0.2 }, 5);
    service.say("end", { reason: "token_expired" });
    await settle();
    service.connection.close();
    await settle();
    assert.deepEqual(service.asked.slice(2), ["another token", "stream 5"]);
    assert.deepEqual([...modes], ["live"]);
    live.stop();
});

test("two tokens that end one right after the other are followed by a rest", async () => {
    const endToken = async () => {
        service.say("fresh", { asOf: "2026-11-23T15:00:09Z", secondsBehind: 0.2 }, 5);
        service.say("end", { reason: "token_expired" });
        await settle();
        service.connection.close();
        await settle();
    };
    const streams = () => service.asked.filter((asked) => asked.startsWith("stream")).length;
    await begin();
    await endToken();
    assert.equal(streams(), 2);
    await endToken();
    assert.equal(streams(), 2);
    assert.equal(live.fresh.mode, "lost");
    mock.timers.tick(1000);
    await settle();
    assert.equal(streams(), 3);
    mock.timers.tick(29_000); // under the bound of silence
    await endToken();
    assert.equal(streams(), 4);
    live.stop();
});

test("a token that is over from the beginning is not tried again and again", async () => {
    const streams = () => service.asked.filter((asked) => asked.startsWith("stream")).length;
    await begin();
    for (let tries = 1; tries < 4; tries++) {
        service.say("end", { reason: "token_expired" });
        service.connection.close();
        await settle();
        assert.equal(streams(), tries);
        assert.equal(live.fresh.mode, "lost");
        mock.timers.tick(1000 * 2 ** (tries - 1));
        await settle();
        assert.equal(streams(), 1 + tries);
    }
    live.stop();
});

test("a list that cannot be had now is asked for again; what is shown stays", async () => {
    await begin();
    service.lists = [new Problem(503)];
    live.refresh();
    await settle();
    assert.equal(live.fresh.mode, "lost");
    assert.deepEqual([...live.list.rows.keys()], ["a"]);
    mock.timers.tick(1000);
    await settle();
    assert.equal(live.problem, null);
    assert.equal(live.fresh.mode, "live");
    live.stop();
});

test("what is refused is not asked again", async () => {
    service.lists = [new Problem(404)];
    await begin();
    mock.timers.tick(120_000);
    await settle();
    assert.deepEqual(service.asked, ["list running"]);
    assert.equal(live.fresh.mode, "refused");
});

test("paused, nothing is asked; the answer to another view that comes late is dropped", async () => {
    await begin();
    live.pause();
    await settle();
    mock.timers.tick(120_000);
    assert.equal(service.asked.length, 2);
    service.lists = [{ jobs: [job("late")] }, { jobs: [job("new")] }];
    const late = live.show({ ...view, status: ["failed"] }, 25);
    await Promise.all([late, live.show({ ...view, status: ["accepted"] }, 25)]);
    assert.equal(live.fresh.mode, "paused");
    assert.deepEqual([...live.list.rows.keys()], ["new"]);
});

/** Time passes, and what follows from it happens. */
async function pass(ms) {
    mock.timers.tick(ms);
    await settle();
}

test("where nothing comes through the stream, the list is asked for, and the stream tried later", async () => {
    await begin();
    await pass(30_000);
    assert.equal(service.asked.at(-1), "list running");
    assert.deepEqual([live.fresh.mode, live.fresh.everyS], ["asking", 2]);
    service.lists.push({ jobs: [job("a", { progress: 7 })] });
    await pass(2000);
    assert.equal(live.list.rows.get("a").job.progress, 7);
    assert.deepEqual([live.fresh.mode, live.fresh.everyS], ["asking", 4], "less and less often");
    const before = service.asked.length;
    for (let i = 0; i < 60 && service.asked.at(-1) !== "stream 5"; i++) await pass(2000);
    const since = service.asked.slice(before);
    assert.equal(since.at(-1), "stream 5");
    assert.ok(since.length >= 5 && since.length <= 9, `${since}`);
    service.say("fresh", { asOf: "2026-11-23T15:00:09Z", secondsBehind: 0 }, 9);
    await settle();
    assert.equal(live.fresh.mode, "live");
    await pass(30_000);
    assert.equal(live.fresh.mode, "lost", "what came through once is connected to again");
    live.stop();
});

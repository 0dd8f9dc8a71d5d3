// SPDX-License-Identifier: Apache-2.0
// The service's time as the page has it: by which jobs become silent.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { ServerClock } from "../../../service/page/browser/server_clock.js";

const asOf = "2026-11-24T12:00:00.000000Z";
const server = Date.parse(asOf);
const ours = server - 3_600_000; // an hour slow

let clock;
beforeEach(() => {
    clock = new ServerClock();
    clock.runs = true;
    clock.hear({ asOf, secondsBehind: 0.5 }, ours);
});

test("it is the service's, and goes on by ours", () => {
    assert.equal(clock.now(ours), server + 500);
    assert.equal(clock.now(ours + 2000), server + 2500);
});

test("nobody heard: it stands, and what was said is not taken back", () => {
    assert.equal(clock.now(ours + 2000), server + 2500);
    clock.runs = false;
    assert.equal(clock.now(ours + 60_000), server + 2500);
});

test("a sleeping machine wakes: no more passed than the stream may keep still", () => {
    assert.equal(clock.now(ours + 8 * 3_600_000), server + 500 + 15_000);
});

test("a message that was long on its way does not set it back, a clock that was set does", () => {
    clock.now(ours + 5000);
    clock.hear({ asOf, secondsBehind: 2 }, ours + 5000);
    assert.equal(clock.now(ours + 5000), server + 5500);
    assert.equal(clock.now(ours + 9000), server + 6000);
    clock.hear({ asOf: "2026-11-24T11:00:00Z", secondsBehind: 0 }, ours + 10_000);
    assert.equal(clock.now(ours + 10_000), server - 3_600_000);
});

test("our own clock set back stops nothing for long", () => {
    assert.equal(clock.now(ours - 100_000), server + 500);
    clock.hear({ asOf, secondsBehind: 3 }, ours - 100_000);
    assert.equal(clock.now(ours - 99_000), server + 4000);
});

test("before the service has caught up ours has to do", () => {
    clock.hear({ asOf: null, secondsBehind: null }, server + 90_000);
    assert.equal(clock.now(server + 91_000), server + 91_000);
});

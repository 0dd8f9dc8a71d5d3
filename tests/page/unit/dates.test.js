// SPDX-License-Identifier: Apache-2.0
// Moments and durations in words.
import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Paris";
const { duration, exact, fromLocalInput, relative, short, timeOfDay, toLocalInput } =
    await import("../../../service/page/browser/dates.js");
const { setLanguage } = await import("../../../service/page/browser/words.js");

const moment = "2026-11-23T15:00:00.000000Z";
const at = (seconds) => relative(moment, Date.parse(moment) + seconds * 1000);
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ").replace(/\.(?= )/g, "");

test("whole units, cut off", async () => {
    await setLanguage("fr");
    assert.equal(plain(at(59.9)), "il y a 59 s");
    assert.equal(plain(at(60)), "il y a 1 min");
    assert.equal(plain(at(3599)), "il y a 59 min");
    assert.equal(plain(at(3600 * 23.9)), "il y a 23 h");
    assert.equal(plain(at(3600 * 24)), "il y a 1 j");
    assert.match(plain(at(86400 * 31)), /il y a 1 m/);
    assert.match(plain(at(86400 * 800)), /il y a 2 a/);
});

test("a clock a little ahead says now, one far ahead is told", async () => {
    await setLanguage("fr");
    assert.equal(at(0), "maintenant");
    assert.equal(at(-29), "maintenant");
    assert.match(plain(at(-3600 * 3)), /dans 3 h/);
});

test("the viewer's zone, in summer and winter", async () => {
    await setLanguage("fr");
    assert.match(plain(exact(moment)), /23 nov.* 2026.*16:00:00/);
    assert.match(short("2026-07-01T12:00:00Z"), /01\/07\/2026 14:00:00/);
    assert.equal(timeOfDay(moment), "16:00:00");
});

test("inputs take local time to the minute, and give back universal time", async () => {
    assert.equal(toLocalInput("2026-07-01T12:34:56.5Z"), "2026-07-01T14:34");
    assert.equal(toLocalInput(""), "");
    assert.equal(fromLocalInput("2026-07-01T14:34"), "2026-07-01T12:34:00Z");
    assert.equal(fromLocalInput(""), "");
    assert.equal(fromLocalInput("nonsense"), "");
});

test("durations have their two largest units", async () => {
    await setLanguage("en");
    assert.deepEqual([-3, 0.9, 12, 65, 3600, 3905, 90_000].map(duration),
        ["0 s", "0 s", "12 s", "1 min 05 s", "1 h 00 min", "1 h 05 min", "1 d 01 h"]);
    await setLanguage("fr");
    assert.equal(duration(90_000), "1 j 01 h");
});

// SPDX-License-Identifier: Apache-2.0
// Moments and durations in words.
import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Paris";
const { dayAndTime, duration, endMs, exact, fromLocalInput, period, relative, short, timeAlone, timeOfDay, toLocalInput } =
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
    assert.equal(timeOfDay(moment, Date.parse(moment) + 3_600_000), "16:00:00");
});

test("a time of another day has the day", async () => {
    await setLanguage("fr");
    assert.match(timeOfDay("2020-11-23T15:00:00Z", Date.parse("2020-11-24T15:00:00Z")), /^23 nov\. 2020, 16:00:00$/);
});

test("a period names a day that both ends share once, and is as exact as they are", async () => {
    await setLanguage("fr");
    const words = (from, to) => period(...[from, to].map((each) => Date.parse(`2020-${each}Z`))).replace(/\s/g, " ");
    assert.equal(words("05-01T10:00:00", "05-01T10:15:00"), "1 mai 2020, 12:00 – 12:15");
    assert.equal(words("05-01T10:00:00", "05-01T10:00:30"), "1 mai 2020, 12:00:00 – 12:00:30");
    assert.equal(words("05-01T21:00:00", "05-01T22:00:00"), "1 mai 2020, 23:00 – 2 mai 2020, 00:00");
    assert.equal(words("04-30T22:00:00", "05-01T22:00:00"), "1 mai 2020", "a whole day");
    assert.equal(words("04-30T22:00:00", "05-31T22:00:00"), "1–31 mai 2020");
    assert.equal(words("05-01T10:00:00", "05-01T09:00:00"), "1 mai 2020, 12:00 – 1 mai 2020, 11:00");
    assert.equal(words("05-01T10:00:00", "05-01T10:00:00"), "1 mai 2020, 12:00", "a moment alone");
    assert.equal(dayAndTime(Date.parse("2020-04-30T22:00:00Z")), "1 mai 2020");
    assert.equal(timeAlone(Date.parse("2020-05-01T10:00:05Z")), "12:00:05");
    assert.equal(dayAndTime(new Date(new Date().getFullYear(), 4, 1, 12, 30).getTime()), "1 mai, 12:30", "this year's goes without saying");
    assert.equal(endMs("2020-05-01T10:14:59.999999Z"), Date.parse("2020-05-01T10:15:00Z"));
    assert.equal(endMs("2020-05-01T10:15:00Z"), Date.parse("2020-05-01T10:15:00Z"));
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

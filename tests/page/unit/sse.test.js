// SPDX-License-Identifier: Apache-2.0
// Server-sent events, cut anywhere.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff } from "../../../service/page/browser/backoff.js";
import { SseReader } from "../../../service/page/browser/sse.js";

const readAll = (...pieces) => {
    const reader = new SseReader();
    return pieces.flatMap((piece) => reader.read(piece));
};
const text = ": hello\r\nretry: 1000\r\n\r\nevent: job\r\nid: 7\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\n" +
    "data:x\n\nid: 9\nevent: fresh\ndata: y\n\n: beat\n\nevent: end\ndata: z\n\n";
const expected = [
    { event: "job", id: "7", data: "{\"a\":\n1}" },
    { event: "message", id: "7", data: "x" },
    { event: "fresh", id: "9", data: "y" },
    { event: "end", id: "9", data: "z" },
];

test("events with fields, comments and any end of line", () => {
    assert.deepEqual(readAll(text), expected);
    assert.deepEqual(readAll(text.replaceAll("\r\n", "\n")), expected);
    assert.deepEqual(readAll(text.replaceAll("\r\n", "\r")), expected);
});

test("cut at every place, and letter by letter", () => {
    for (let cut = 0; cut <= text.length; cut++)
        assert.deepEqual(readAll(text.slice(0, cut), text.slice(cut)), expected, `cut at ${cut}`);
    assert.deepEqual(readAll(...text), expected);
    assert.deepEqual(readAll(...[...text].flatMap((letter) => [letter, ""])), expected);
});

test("what is not ended is not told", () => {
    assert.deepEqual(readAll("event: job\ndata: 1\n"), []);
});

test("an event without data is none; an id with NUL is none; a mark at the beginning is dropped", () => {
    assert.deepEqual(readAll("\ufeffevent: job\n\nid: a\0b\ndata: 1\n\n"),
        [{ event: "message", id: null, data: "1" }]);
});

test("waits double up to a bound, vary, and begin anew", () => {
    const longest = new Backoff(() => 1);
    assert.deepEqual(Array.from({ length: 7 }, () => longest.next()),
        [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    longest.reset();
    assert.equal(longest.next(), 1000);
    assert.equal(new Backoff(() => 0).next(), 750);
});

// SPDX-License-Identifier: Apache-2.0
// Of which period the chart is, and in which steps.
import assert from "node:assert/strict";
import { test } from "node:test";

import { periodOf, stepFor } from "../../../service/page/browser/later_timeline.js";
import { parseView } from "../../../service/page/browser/view_state.js";

process.env.TZ = "Asia/Kolkata"; // half an hour off
const now = Date.UTC(2026, 0, 2, 12, 50);
const period = (search, most = 40) => {
    const { fromMs, toMs, step } = periodOf(parseView(search), now, most);
    return [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), step];
};

test("a step is one that people know, as small as there is room for", () => {
    assert.equal(stepFor(86_400_000, 24), 3600);
    assert.equal(stepFor(86_400_000, 23), 10_800);
    assert.equal(stepFor(3_600_000, 40), 300);
    assert.equal(stepFor(1, 40), 1);
    assert.equal(stepFor(20 * 365 * 86_400_000, 10), 730 * 86_400);
});

test("without a filter it is the last day, in whole hours of the wall's clock", () => {
    assert.deepEqual(period(""), ["2026-01-01T13:30:00.000Z", "2026-01-02T12:50:00.000Z", 3600]);
});

test("what follows the time begins with a whole step, what is fixed as it says", () => {
    assert.deepEqual(period("?within=1h"), ["2026-01-02T11:50:00.000Z", "2026-01-02T12:50:00.000Z", 300]);
    assert.deepEqual(period("?within=7d"), ["2025-12-26T12:30:00.000Z", "2026-01-02T12:50:00.000Z", 21_600]);
    assert.deepEqual(period("?datetime=2026-01-01T00:07:00Z/2026-01-01T01:07:00Z"),
        ["2026-01-01T00:07:00.000Z", "2026-01-01T01:07:00.000Z", 300]);
    assert.deepEqual(period("?datetime=2026-01-02T12:00:00Z/.."),
        ["2026-01-02T12:00:00.000Z", "2026-01-02T12:50:00.000Z", 300]);
    assert.deepEqual(period("?datetime=../2026-01-01T00:00:00Z")[1], "2026-01-01T00:00:00.000Z");
    assert.deepEqual(period("?datetime=2027-01-01T00:00:00Z/..").slice(0, 2),
        ["2027-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"]);
});

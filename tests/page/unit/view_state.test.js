// SPDX-License-Identifier: Apache-2.0
// A view goes into an address and comes back; what is not understood is left out.
import assert from "node:assert/strict";
import { test } from "node:test";

import {
    defaultView, filterQuery, formatView, intervalEnds, isFiltered, listQuery, makeInterval, outlived,
    parseView, sameList, shortened, withoutFilters,
} from "../../../service/page/browser/view_state.js";

const everything = {
    status: ["running", "failed"], processID: ["Load", "Analyse & co", "a,b\\c"], creator: "me",
    created: "2026-11-01T00:00:00Z/..", started: "7d", finished: "../2026-11-01T00:00:00Z", updated: "90m", minDuration: 60, maxDuration: 0, q: "a+b%20é", sortby: "progress", limit: 50,
    columns: ["jobID", "status"], cursor: "AQA-_x", job: "load/42?#é", error: "x",
};

test("the usual view has no query", () => {
    assert.equal(formatView(defaultView()), "");
    assert.deepEqual(parseView(""), defaultView());
});

test("a view with everything comes back as it was", () => {
    assert.deepEqual(parseView(formatView(everything)), everything);
});

test("what is not understood is left out", () => {
    assert.deepEqual(
        parseView("?status=running,exploded&sortby=-password&limit=7&columns=x&z=1&within=3x&minDuration=-1&maxDuration=1.5"),
        { ...defaultView(), status: ["running"] });
    for (const datetime of ["yesterday", "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z/..", "x/.."])
        assert.deepEqual(parseView(`?datetime=${datetime}&started=${datetime}`), defaultView());
});

test("filters may come several times, each value counts once", () => {
    assert.deepEqual(parseView("?processID=A,B&processID=B&processID=C").processID, ["A", "B", "C"]);
    const many = Array.from({ length: 40 }, (_, i) => `T${i}`).join(",");
    assert.equal(parseView(`?processID=${many}`).processID.length, 32);
});

test("the list is asked with filters, order, rows and cursor; the stream with filters alone", () => {
    assert.equal(decodeURIComponent(filterQuery(everything, Date.UTC(2026, 0, 8, 12)).toString()),
        "status=running,failed&processID=Load,Analyse+&+co,a\\,b\\\\c&creator=me&" +
        "datetime=2026-11-01T00:00:00Z/..&started=2026-01-01T12:00:00.000Z/..&" +
        "finished=../2026-11-01T00:00:00Z&updated=2026-01-08T10:30:00.000Z/..&minDuration=60&maxDuration=0&q=a+b%20é");
    const query = listQuery(everything, 100);
    assert.deepEqual(["sortby", "limit", "cursor"].map((name) => query.get(name)),
        ["progress", "100", "AQA-_x"]);
    assert.equal(query.has("job") || query.has("columns"), false);
});

test("columns and an open job are no other list; a filter, an order, a page are", () => {
    assert.equal(sameList(everything, { ...everything, columns: null, job: "" }), true);
    for (const change of [{ q: "" }, { sortby: "-progress" }, { cursor: "" }, { creator: "" }, { created: "1h" }, { started: "6d" }, { minDuration: null }])
        assert.equal(sameList(everything, { ...everything, ...change }), false);
});

test("without filters the order stays, from its beginning", () => {
    const view = withoutFilters(everything);
    assert.equal(isFiltered(view), false);
    assert.deepEqual([view.sortby, view.cursor, view.columns],
        ["progress", "", ["jobID", "status"]]);
});

test("within an hour stays within an hour: the address has no moment, and the question has that of now", () => {
    const view = parseView("?within=90m&datetime=2026-01-01T00:00:00Z/..");
    assert.equal(view.created, "90m");
    assert.equal(formatView(view), "?within=90m");
    assert.equal(filterQuery(view, Date.UTC(2026, 0, 1, 12)).get("datetime"), "2026-01-01T10:30:00.000Z/..");
    assert.equal(sameList(view, { ...view }), true);
});

test("what time alone takes out of a view is known", () => {
    const now = Date.UTC(2026, 0, 1, 12);
    const job = { created: "2026-01-01T08:00:00Z", started: "2026-01-01T11:30:00Z" };
    assert.equal(outlived(parseView("?started=2026-01-01T00:00:00Z/..&minDuration=9"), now), null);
    for (const [search, leaves] of [["started=1h", false], ["started=29m", true], ["within=1h", true],
        ["updated=1m", false], ["maxDuration=1800", false], ["maxDuration=1799", true]])
        assert.equal(outlived(parseView(search), now)(job), leaves, search);
    const ended = { ...job, finished: "2026-01-01T11:31:00Z" };
    assert.equal(outlived(parseView("maxDuration=60"), now)(ended), false);
    assert.equal(outlived(parseView("maxDuration=60"), now)({ created: job.created }), false);
});

test("intervals are open at either end", () => {
    assert.equal(makeInterval("", ""), "");
    assert.equal(makeInterval("", "2026-01-01T00:00:00Z"), "../2026-01-01T00:00:00Z");
    assert.deepEqual(intervalEnds("../2026-01-01T00:00:00Z"), { from: "", to: "2026-01-01T00:00:00Z" });
    assert.deepEqual(intervalEnds(""), { from: "", to: "" });
});

test("a search is cut at a character to what the API takes", () => {
    assert.equal(shortened("x".repeat(300)).length, 256);
    assert.equal(shortened("é".repeat(300)), "é".repeat(128));
    assert.equal(shortened("😀".repeat(100)), "😀".repeat(64));
});

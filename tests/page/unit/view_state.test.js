// SPDX-License-Identifier: Apache-2.0
// A view goes into an address and comes back; what is not understood is left out.
import assert from "node:assert/strict";
import { test } from "node:test";

import {
    defaultView, filterQuery, formatView, intervalEnds, isFiltered, listQuery, makeInterval,
    parseView, sameList, shortened, withoutFilters,
} from "../../../service/page/browser/view_state.js";

const everything = {
    status: ["running", "failed"], processID: ["Load", "Analyse & co"], mine: true,
    datetime: "2026-11-01T00:00:00Z/..", q: "a+b%20é", sortby: "progress", limit: 50,
    columns: ["jobID", "status"], cursor: "AQA-_x", job: "load/42?#é",
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
        parseView("?status=running,exploded&sortby=-password&limit=7&columns=x&creator=you&z=1"),
        { ...defaultView(), status: ["running"] });
    for (const datetime of ["yesterday", "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z/..", "x/.."])
        assert.equal(parseView(`?datetime=${datetime}`).datetime, "");
});

test("filters may come several times, each value counts once", () => {
    assert.deepEqual(parseView("?processID=A,B&processID=B&processID=C").processID, ["A", "B", "C"]);
    const many = Array.from({ length: 40 }, (_, i) => `T${i}`).join(",");
    assert.equal(parseView(`?processID=${many}`).processID.length, 32);
});

test("the list is asked with filters, order, rows and cursor; the stream with filters alone", () => {
    assert.equal(decodeURIComponent(filterQuery(everything).toString()),
        "status=running,failed&processID=Load,Analyse+&+co&creator=me&" +
        "datetime=2026-11-01T00:00:00Z/..&q=a+b%20é");
    const query = listQuery(everything, 100);
    assert.deepEqual(["sortby", "limit", "cursor"].map((name) => query.get(name)),
        ["progress", "100", "AQA-_x"]);
    assert.equal(query.has("job") || query.has("columns"), false);
});

test("columns and an open job are no other list; a filter, an order, a page are", () => {
    assert.equal(sameList(everything, { ...everything, columns: null, job: "" }), true);
    for (const change of [{ q: "" }, { sortby: "-progress" }, { cursor: "" }, { mine: false }])
        assert.equal(sameList(everything, { ...everything, ...change }), false);
});

test("without filters the order stays, from its beginning", () => {
    const view = withoutFilters(everything);
    assert.equal(isFiltered(view), false);
    assert.deepEqual([view.sortby, view.cursor, view.columns],
        ["progress", "", ["jobID", "status"]]);
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

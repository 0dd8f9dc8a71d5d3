// SPDX-License-Identifier: Apache-2.0
// Exporting: every page is read, within bounds, and what a spreadsheet would run is text.
import assert from "node:assert/strict";
import { test } from "node:test";

import { csvLine, readAll } from "../../../service/page/browser/later_export_file.js";
import { Problem } from "../../../service/page/browser/problem.js";
import { defaultView } from "../../../service/page/browser/view_state.js";

const job = (jobID, more = {}) => ({ jobID, status: "failed", attempt: 1, links: [], createdByMe: true, ...more });

/** An API whose pages are these; asked is what it was asked for. */
function made(pages) {
    const asked = [];
    return { asked, list: async (query) => {
        const page = pages[asked.length];
        asked.push(query.get("cursor"));
        if (page instanceof Error) throw page;
        return { jobs: page, next: pages.length > asked.length ? `c${asked.length}` : "", matched: 3, boundedTo: 0 };
    } };
}

async function exported(api, form) {
    const told = [];
    const { parts, ...rest } = await readAll(api, { ...defaultView(), sortby: "progress", cursor: "x" }, form,
        new AbortController().signal, (count) => told.push(count));
    return { text: await new Blob(parts).text(), told, ...rest };
}

test("all pages become one file", async () => {
    const api = made([[job("a", { message: "one, \"two\"\nthree" }), job("b", { exception: { code: "E1" } })], [job("c")]]);
    const { text, told, count, isCut } = await exported(api, "csv");
    const lines = text.split("\r\n");
    assert.match(lines[0], /^jobID,processID,creatorID,status,/);
    assert.match(lines[1], /^a,,,failed,1,,,,,,,,"one, ""two""\nthree"$/);
    assert.match(lines[2], /^b,.*,E1,,$/);
    assert.deepEqual([told, count, isCut, api.asked], [[2, 3], 3, false, [null, "c1"]]);
});

test("as JSON too, also if there are none", async () => {
    const { text } = await exported(made([[job("a"), job("b")], [job("c")]]), "json");
    assert.deepEqual(JSON.parse(text).map(({ jobID, links }) => [jobID, links]),
        [["a", undefined], ["b", undefined], ["c", undefined]]);
    assert.deepEqual(JSON.parse((await exported(made([[]]), "json")).text), []);
});

test("it ends at its bound, and says so", async () => {
    const page = Array.from({ length: 1000 }, (_, i) => job(`j${i}`));
    const { count, isCut } = await exported(made(Array.from({ length: 102 }, () => page)), "csv");
    assert.deepEqual([count, isCut], [100_000, true]);
});

test("what is refused for good is told", async () => {
    await assert.rejects(exported(made([[job("a")], new Problem(401)]), "csv"), Problem);
});

test("no text is a formula", () => {
    assert.equal(csvLine(["=1+1", "+x", "-1", "@a", "\tx", "a=b", -1, undefined]),
        "'=1+1,'+x,'-1,'@a,'\tx,a=b,-1,\r\n");
    assert.equal(csvLine(["\nx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\uff1e1"]),
        "\"'\nx\",'\uff1d1,'\uff0b1,'\uff0d1,'\uff201,\uff1e1\r\n");
});

// SPDX-License-Identifier: Apache-2.0
// What stands below the table adds up: on the first, a middle and the last page, where rows went and
// where jobs came.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { placeWords, sinceRead, totalWords } from "../../../service/page/browser/footer_words.js";
import { setLanguage } from "../../../service/page/browser/words.js";

before(() => setLanguage("en"));

const limit = 25;
/** A page as it was read: so many rows behind so many, and whether there are more. */
const page = (rows, before, next, matched) => ({ jobs: Array.from({ length: rows }), before, next: next ? "c" : "",
    previous: "", matched, moreThan: 10_000 });
const words = (read, left, total) => {
    const now = { shown: read.jobs.length - left, left, total };
    return `${totalWords(read, now, sinceRead(read, now))} | ${placeWords(read, limit, total)}`;
};

test("nothing happened", () => {
    assert.equal(words(page(25, 0, true, 60), 0, 60), "25 of 60 jobs shown | Rows 1 to 25 · page 1 of 3");
    assert.equal(words(page(25, 25, true, 60), 0, 60), "25 of 60 jobs shown | Rows 26 to 50 · page 2 of 3");
    assert.equal(words(page(10, 50, false, 60), 0, 60), "10 of 60 jobs shown | Rows 51 to 60 · page 3 of 3");
    assert.equal(words(page(0, 0, false, 0), 0, 0), "0 of 0 jobs shown | ");
});

test("rows that left are counted beside those that are shown", () => {
    assert.equal(words(page(10, 0, false, 10), 2, 8), "8 of 8 jobs shown · 2 rows left this view | Rows 1 to 10 · page 1 of 1");
    assert.equal(words(page(25, 25, true, 60), 1, 59),
        "24 of 59 jobs shown · 1 row left this view | Rows 26 to 50 · page 2 of 3");
    assert.equal(words(page(1, 0, false, 1), 1, 0), "0 of 0 jobs shown · 1 row left this view | Rows 1 to 1 · page 1 of 1");
});

test("a page without a next one is the last, and says by how much the total is another one", () => {
    assert.equal(words(page(21, 0, false, 21), 0, 26),
        "21 of 26 jobs shown · 5 more since the list was read | Rows 1 to 21 · page 1 of 1");
    assert.equal(words(page(10, 50, false, 60), 3, 55),
        "7 of 55 jobs shown · 3 rows left this view · 2 fewer since the list was read | Rows 51 to 60 · page 3 of 3");
});

test("a page with a next one is never the last, and there are as many as the total needs", () => {
    assert.equal(words(page(25, 0, true, 26), 0, 24), "25 of 25 jobs shown | Rows 1 to 25 · page 1 of 2");
    assert.equal(words(page(25, 0, true, 60), 0, 80), "25 of 80 jobs shown | Rows 1 to 25 · page 1 of 4");
});

test("what is not known is not said", () => {
    assert.equal(words(page(25, 0, true, null), 0, null), "25 of more than 10,000 jobs shown | Rows 1 to 25");
    assert.equal(words(page(25, null, true, 60), 0, null), "25 of 60 jobs shown | ");
    assert.equal(words(page(25, 7, true, 60), 0, 60), "25 of 60 jobs shown | Rows 8 to 32");
    assert.equal(words(page(10, 0, false, 10), 2, null), "8 of 8 jobs shown · 2 rows left this view | Rows 1 to 10 · page 1 of 1");
});

test("in French", async () => {
    await setLanguage("fr");
    assert.equal(words(page(21, 0, false, 21), 1, 25), "20 tâches affichées sur 25 · 1 ligne hors filtre" +
        " · 5 de plus depuis la lecture de la liste | Lignes 1 à 21 · page 1 sur 1");
});

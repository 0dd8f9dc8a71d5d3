// SPDX-License-Identifier: Apache-2.0
// English and French say the same things, each says all of them, and nothing is said in vain.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { bestLanguage, setLanguage, t } from "../../../service/page/browser/words.js";
import { words as english } from "../../../service/page/browser/words_en.js";
import { words as french } from "../../../service/page/browser/words_fr.js";

const folder = fileURLToPath(new URL("../../../service/page/browser/", import.meta.url));
const sources = readdirSync(folder)
    .filter((name) => name.endsWith(".js") && !name.startsWith("words_"))
    .map((name) => readFileSync(folder + name, "utf8")).join("\n");
// The same in both, for good reasons.
const alike = /^(column\.(processID|jobID|message|actions)|details\.none|event\.code|event\.attempt|filter\.between|keys\.\w+|list\.pages|settings\.dates|row\.progress)$/;

const texts = (entry) => typeof entry === "string" ? [entry] : [entry.one, entry.other];
const blanks = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both have the same names", async () => {
    assert.deepEqual(Object.keys(french).sort(), Object.keys(english).sort());
});

test("both fill in the same blanks, in each number", async () => {
    for (const key of Object.keys(english))
        for (const text of [...texts(english[key]), ...texts(french[key])])
            assert.deepEqual(blanks(text), blanks(texts(english[key])[0]), key);
});

test("nothing is empty, nothing is left in English", async () => {
    for (const key of Object.keys(english)) {
        for (const text of [...texts(english[key]), ...texts(french[key])])
            assert.ok(text.trim(), key);
        if (!alike.test(key))
            assert.notDeepEqual(french[key], english[key], key);
    }
});

test("French blanks before high punctuation do not break", async () => {
    for (const [key, entry] of Object.entries(french))
        for (const text of texts(entry))
            assert.doesNotMatch(text, / [:;?!%]/, key);
});

test("every sentence is used somewhere", async () => {
    const families = [...sources.matchAll(/t\(`([\w.-]+)\$\{|word: `([\w.-]+)\$\{/g)]
        .map(([, a, b]) => a ?? b);
    families.push("event."); // `event.${verdict}.long` and the kinds
    for (const key of Object.keys(english))
        assert.ok(sources.includes(`"${key}"`) || families.some((family) => key.startsWith(family)), key);
});

test("numbers and plurals follow the language", async () => {
    await setLanguage("en");
    assert.equal(t("live.new", { count: 1 }), "1 new job");
    assert.equal(t("live.new", { count: 2000 }), "2,000 new jobs");
    await setLanguage("fr");
    assert.equal(t("live.new", { count: 0 }), "0 nouvelle tâche");
    assert.equal(t("live.new", { count: 3 }), "3 nouvelles tâches");
});

test("what is filled in is not filled in again", async () => {
    await setLanguage("en");
    assert.equal(t("cancel.done", { id: "{id} $& {count}" }), "{id} $& {count} is cancelled.");
});

test("the first wish that there is, else English", async () => {
    assert.equal(bestLanguage(["de-DE", "fr-CA", "en"]), "fr");
    assert.equal(bestLanguage(["EN-us", "fr"]), "en");
    assert.equal(bestLanguage(["de"]), "en");
    assert.equal(bestLanguage([]), "en");
});

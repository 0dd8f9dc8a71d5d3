// SPDX-License-Identifier: Apache-2.0
// All languages say the same things, each says all of them, and nothing is said in vain.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { bestLanguage, languages, setLanguage, t } from "../../../service/page/browser/words.js";
import { words as english } from "../../../service/page/browser/words_en.js";
import { words as french } from "../../../service/page/browser/words_fr.js";

const folder = fileURLToPath(new URL("../../../service/page/browser/", import.meta.url));
const sources = readdirSync(folder)
    .filter((name) => name.endsWith(".js") && !name.startsWith("words_"))
    .map((name) => readFileSync(folder + name, "utf8")).join("\n");
const files = Object.fromEntries(await Promise.all(languages.map(async (code) =>
    [code, await import(`${folder}words_${code}.js`)])));
const others = languages.filter((code) => code !== "en");
// The same in several, for good reasons.
const alike = /^(column\.(processID|jobID|message|actions)|details\.none|duration\.(hours|minutes|seconds)|event\.code|event\.attempt|filter\.between|keys\.\w+|list\.pages|settings\.dates|row\.progress|unit\.minutes)$/;

const texts = (entry) => typeof entry === "string" ? [entry] : [entry.one, entry.other];
const blanks = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("each language has a file, and each file is a language's", () => {
    const named = readdirSync(folder).filter((name) => name.startsWith("words_"));
    assert.deepEqual(named.sort(), languages.map((code) => `words_${code}.js`).sort());
});

test("all have the same names", () => {
    for (const code of others)
        assert.deepEqual(Object.keys(files[code].words).sort(), Object.keys(english).sort(), code);
});

test("all fill in the same blanks, in each number", () => {
    for (const code of languages)
        for (const key of Object.keys(english))
            for (const text of texts(files[code].words[key]))
                assert.deepEqual(blanks(text), blanks(texts(english[key])[0]), `${code}: ${key}`);
});

test("nothing is empty, nothing is left in English", () => {
    for (const code of languages)
        for (const [key, entry] of Object.entries(files[code].words)) {
            for (const text of texts(entry))
                assert.ok(text.trim(), `${code}: ${key}`);
            if (code !== "en" && !alike.test(key))
                assert.notDeepEqual(entry, english[key], `${code}: ${key}`);
        }
});

test("each says what is needed without scripts, as the service can put it into the page", () => {
    for (const code of languages) {
        const { noScript } = files[code];
        assert.doesNotMatch(noScript, /["\\<&{}\n]/, code);
        assert.ok(readFileSync(`${folder}words_${code}.js`, "utf8")
            .includes(`\nexport const noScript = "${noScript}";\n`), code);
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
    assert.equal(t("cancel.done", { job: "{job} $& {count}" }), "{job} $& {count} is cancelled.");
});

test("the first wish that there is, else English", async () => {
    assert.equal(bestLanguage(["de-DE", "fr-CA", "en"]), "fr");
    assert.equal(bestLanguage(["EN-us", "fr"]), "en");
    assert.equal(bestLanguage(["de"]), "en");
    assert.equal(bestLanguage([]), "en");
});

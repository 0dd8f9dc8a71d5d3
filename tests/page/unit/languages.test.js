// SPDX-License-Identifier: Apache-2.0
// A language more is a file words_CODE.js and a line in words.js: the page then offers it, keeps the
// choice, speaks it and writes dates its way.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("../../../service/page/", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "jobtrail-page-"));
after(() => rmSync(copy, { recursive: true }));
cpSync(page, copy, { recursive: true });

const folder = join(copy, "browser/");
const line = /^ {4}fr: \{.*\},\n/m;

/**
 * @param {string} name
 * @param {(text: string) => string} change
 */
function write(name, change) {
    const text = readFileSync(join(folder, name), "utf8");
    assert.notEqual(change(text), text, name);
    writeFileSync(join(folder, name), change(text));
}

// As French, with a few words of its own, and dates as Germans write them.
cpSync(join(folder, "words_fr.js"), join(folder, "words_de.js"));
write("words_de.js", (text) => text.replace("{days} j {hours} h", "{days} T {hours} h")
    .replace('"page.title": "Tâches"', '"page.title": "Aufträge"').replace('=> "fr"', '=> "de"'));
write("words.js", (text) => text.replace(line, (french) =>
    french + french.replaceAll("fr", "de").replace("Français", "Deutsch")));

/** @type {Record<string, string>} */
const kept = { "jobtrail.preferences": '{"language":"de","limit":50}' };
globalThis.localStorage = /** @type {Storage} */ ({
    getItem: (/** @type {string} */ key) => kept[key] ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => { kept[key] = value; },
});

const { bestLanguage, languages, setLanguage, t } = await import(`${folder}words.js`);
const { preferences } = await import(`${folder}preferences.js`);
const { duration, short } = await import(`${folder}dates.js`);
const { settingItems } = await import(`${folder}top_bar.js`);

test("it is one of the languages, and the browser's wish for it is heard", () => {
    assert.deepEqual(languages, ["en", "fr", "de"]);
    assert.equal(bestLanguage(["de-AT", "fr"]), "de");
});

test("the choice is kept", () => {
    assert.deepEqual(preferences(), { language: "de", limit: 50 });
});

test("it is spoken, in dates and durations too", async () => {
    await setLanguage("de");
    assert.equal(t("page.title"), "Aufträge");
    assert.equal(duration(90_000), "1 T 01 h");
    assert.match(short("2026-07-01T12:00:00Z"), /^01\.07\.2026 /);
});

test("it can be chosen in the settings", async () => {
    await setLanguage("de");
    const items = settingItems(() => {});
    const labels = items.map(({ label }) => label);
    const [first, german] = [labels.indexOf("English"), labels.indexOf("Deutsch")];
    assert.deepEqual(labels.slice(first, german + 1), ["English", "Français", "Deutsch"]);
    assert.deepEqual(items.slice(first, german + 1).map(({ checked }) => checked),
        [false, false, true]);
    items[german].choose();
    assert.equal(JSON.parse(kept["jobtrail.preferences"]).language, "de");
});

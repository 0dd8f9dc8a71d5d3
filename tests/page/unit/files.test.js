// SPDX-License-Identifier: Apache-2.0
// The page's files are what the service takes them for.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../service/page/browser/", import.meta.url));
const names = readdirSync(folder);
const index = readFileSync(`${folder}index.html`, "utf8");

test("every style is named, and what is named is there", () => {
    for (const name of names.filter((each) => each.endsWith(".css")))
        assert.ok(index.includes(`"../page/${name}"`), name);
    for (const [, name] of index.matchAll(/"\.\.\/page\/([^"{]+)"/g))
        assert.ok(names.includes(name), name);
});

test("nothing in it is inline", () => {
    assert.doesNotMatch(index, /\sstyle=|\son\w+=|<style|<script(?![^>]*src=)/);
});

test("no text of several lines: the service leaves out lines that look like comments", () => {
    for (const name of names.filter((each) => each.endsWith(".js")))
        for (const [text] of readFileSync(folder + name, "utf8").replace(/^\s*(\/\/|\/?\*).*$/gm, "")
            .matchAll(/`[^`]*`/g))
            assert.doesNotMatch(text, /\n\s*(\/\/|\/\*)/, name);
});

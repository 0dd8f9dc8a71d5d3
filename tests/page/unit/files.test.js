// SPDX-License-Identifier: Apache-2.0
// The page names each of its files, and stays as small as it is meant to be.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const folder = fileURLToPath(new URL("../../../service/http/page/", import.meta.url));
const names = readdirSync(folder);
const index = readFileSync(`${folder}index.html`, "utf8");

// All but the languages, of which one is fetched.
test("every script and style is named, so that none waits for another", () => {
    for (const name of names.filter((each) => /\.(js|css)$/.test(each) && !each.startsWith("words_")))
        assert.ok(index.includes(`"../page/${name}"`), name);
    for (const [, name] of index.matchAll(/"\.\.\/page\/([^"]+)"/g))
        assert.ok(names.includes(name), name);
});

test("nothing in it is inline", () => {
    assert.doesNotMatch(index, /\sstyle=|\son\w+=|<style|<script(?![^>]*src=)/);
});

test("less than 60 KiB in all, compressed", () => {
    const sizes = names.map((name) => gzipSync(readFileSync(folder + name)).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total < 60 * 1024, `${total} bytes`);
    console.log(`the page: ${names.length} files, ${total} bytes compressed`);
});

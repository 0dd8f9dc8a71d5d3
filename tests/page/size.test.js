// SPDX-License-Identifier: Apache-2.0
// How much a first visit transfers: the page, compressed, without what the API answers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { languages } from "../../service/page/browser/words.js";
import { startBrowser, visit } from "./support/browser.js";
import { untilLive } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

for (const language of languages)
    test(`less than 80 KiB in ${language}`, async (context) => {
        const { page, close } = await visit(browser, stage, { as: "administrator", language });
        await untilLive(page);
        const sizes = await page.evaluate(() => {
            const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
                .filter(({ name }) => !/\/(jobs|stream|token|\.well-known|authorize)/.test(new URL(name).pathname));
            return { files: all.length, bytes: all.reduce((sum, each) => sum + each.encodedBodySize, 0) };
        });
        context.diagnostic(`${sizes.files} files, ${sizes.bytes} bytes`);
        assert.ok(sizes.files > 40, "all of it was counted");
        assert.ok(sizes.bytes < 80 * 1024, `${sizes.bytes} bytes`);
        await close();
    });

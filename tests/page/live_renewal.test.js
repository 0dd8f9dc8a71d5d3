// SPDX-License-Identifier: Apache-2.0
// Tokens end every few minutes: the table goes on being live.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startBrowser, until, visit } from "./support/browser.js";
import { row, untilLive } from "./support/rows.js";
import { Stage } from "./support/stage.js";

let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin({ lifetime: 8 })]);
    await stage.emit({ created: true, job: "one", type: "Load", creator: stage.members.manager.id });
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

test("a token that ends is renewed, and the table stays live", async () => {
    const { page, close } = await visit(browser, stage, { as: "manager" });
    await untilLive(page);
    await page.evaluate(() => {
        const seen = globalThis.seen = new Set();
        new MutationObserver(() => seen.add(document.querySelector(".fresh").className)).observe(
            document.querySelector(".fresh"), { attributes: true, subtree: true, childList: true });
    });
    // A stream bears what the clocks may differ by after its token's end; the page does not wait for that.
    let renewed = 0;
    page.on("request", (request) => (renewed += request.postData()?.includes("grant_type=refresh_token") ? 1 : 0));
    await until(() => renewed >= 2, "the token was renewed, twice");
    await stage.emit({ progressed: true, job: "one", progress: 99 });
    await row(page, "one").getByText("99%").waitFor();
    assert.deepEqual(await page.evaluate(() => [...globalThis.seen]), ["fresh fresh-live"]);
    await close();
});

// SPDX-License-Identifier: Apache-2.0
// Makes the pictures for README from a simulation: node tests/page/pictures.js FOLDER
import { join } from "node:path";

import { startBrowser, visit } from "./support/browser.js";
import { untilLive } from "./support/rows.js";
import { Stage } from "./support/stage.js";

const folder = process.argv[2];
const size = { width: 1280, height: 720 };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);

async function take(scheme, act) {
    const { page, context } = await visit(browser, stage, { as: "administrator", scheme, size });
    await untilLive(page);
    await pause(1500);
    await act(page, (name) => page.screenshot({ path: join(folder, `page-${name}.png`) }));
    await context.close();
}

try {
    await stage.startSimulation("--rate", 20, "--running", 12, "--cancel-requests", 15);
    await pause(40_000);
    await take("light", async (page, shoot) => {
        await shoot("light");
        await page.locator("[data-focus=error]:visible").first().click();
        await page.locator(".error-detail").waitFor();
        await shoot("error");
        await page.keyboard.press("Escape");
        await page.locator("tr:has(.kind-dismissed) [data-focus=row]").first().click();
        await page.locator(".timeline").first().waitFor();
        await shoot("details");
    });
    await take("dark", (page, shoot) => shoot("dark"));
    await stage.stopSimulation();
} finally {
    await browser.close();
    await stage.end();
}

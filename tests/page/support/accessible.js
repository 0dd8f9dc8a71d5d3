// SPDX-License-Identifier: Apache-2.0
// What axe finds wrong with the page as it stands: nothing.
import assert from "node:assert/strict";

import { packages } from "./packages.js";

const { source } = packages("axe-core");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** @param {import("playwright-core").Page} page */
export async function expectAccessible(page) {
    // Through the debugger, which the page's policy does not bind.
    const debug = await page.context().newCDPSession(page);
    try {
        await run(debug, source);
        const found = await run(debug, `axe.run(document, {
            runOnly: ${JSON.stringify(RULES)}, resultTypes: ["violations"],
        }).then((result) => JSON.stringify(result.violations))`);
        const violations = JSON.parse(found).map(({ id, help, nodes }) => ({
            id, help, where: nodes.map((node) => `${node.html} ${node.failureSummary}`),
        }));
        assert.deepEqual(violations, [], "axe finds fault");
    } finally {
        await debug.detach();
    }
}

async function run(debug, expression) {
    const { result, exceptionDetails } = await debug.send("Runtime.evaluate", {
        expression, awaitPromise: true, returnByValue: true,
    });
    if (exceptionDetails)
        throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
}

// SPDX-License-Identifier: Apache-2.0
// The counts are asked for seldom, and answered, however much is heard meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Counts } from "../../../service/page/browser/counts.js";
import { defaultView } from "../../../service/page/browser/view_state.js";

const known = { counts: { accepted: 0, running: 1, successful: 0, failed: 0, dismissed: 0 } };

test("what is heard while a question is on its way neither ends it nor asks another one at once", async () => {
    /** @type {{answer: (known: object) => void, signal: AbortSignal}[]} */
    const asked = [];
    const counts = new Counts({ counts: (_, signal) => new Promise((answer) => asked.push({ answer, signal })) });
    counts.show(defaultView());
    for (let i = 0; i < 100; i++) {
        counts.heard();
        await new Promise((resolve) => { setTimeout(resolve, 1); });
    }
    assert.equal(asked.length, 1);
    assert.equal(asked[0].signal.aborted, false);
    asked[0].answer(known);
    await new Promise((resolve) => { setTimeout(resolve, 1); });
    assert.deepEqual(counts.known, known);
    assert.equal(counts.timer === undefined, false, "it is asked again, after its rest");
    counts.show({ ...defaultView(), q: "x" });
    assert.equal(asked.length, 2);
    counts.stop();
    assert.equal(asked[1].signal.aborted, true);
});

// SPDX-License-Identifier: Apache-2.0
// The addresses of jobs: each comes through a URL as it is, dots too, of which URLs take some out.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../../../service/page/browser/api.js";

const api = new Api("https://jobs.example/organizations/acme", {
    token: async () => "",
    reject: () => undefined,
});

test("a job's address names that job", () => {
    const names = { ".": "~.", "..": "~..", "~..": "~~..", "...": "...", "a/..": "a%2F..", "~": "~", "é ?": "%C3%A9%20%3F" };
    for (const [id, segment] of Object.entries(names)) {
        assert.equal(api.pathOf(id), `/jobs/${segment}`);
        assert.equal(new URL(api.base + api.pathOf(id)).pathname, `/organizations/acme/jobs/${segment}`);
    }
});

// SPDX-License-Identifier: Apache-2.0
// The page as it comes over the wire, and what the browser lets it do.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { expectAccessible } from "./support/accessible.js";
import { startBrowser, untilSession, visit } from "./support/browser.js";
import { Stage } from "./support/stage.js";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
const folder = new URL("../../service/page/browser/", import.meta.url);
const types = {
    html: "text/html; charset=utf-8", css: "text/css; charset=utf-8",
    js: "text/javascript; charset=utf-8", json: "application/json", svg: "image/svg+xml",
    png: "image/png",
};
let browser, stage;
before(async () => {
    [browser, stage] = await Promise.all([startBrowser(), Stage.begin()]);
});
after(async () => {
    await browser?.close();
    await stage?.end();
});

function get(path, headers = {}) {
    return fetch(new URL(path, stage.origin), { headers, redirect: "manual" });
}

/** Comments and indentation are left out, line by line. */
function expectLinesOf(served, source, name) {
    const lines = source.split("\n");
    const kept = served.split("\n");
    assert.equal(kept.length, lines.length, name);
    for (const [i, line] of kept.entries())
        assert.ok(lines[i].endsWith(line) && !/^\s|^\/\//.test(line), `${name}:${i + 1}: ${line}`);
}

test("each file of the page has its type, its tag, and comes once", async () => {
    for (const name of readdirSync(folder)) {
        const answer = await get(`/page/${name}`);
        assert.equal(answer.status, 200, name);
        assert.equal(answer.headers.get("content-type"), types[name.split(".").at(-1)], name);
        assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
        assert.equal(answer.headers.get("cache-control"), "no-cache");
        const body = Buffer.from(await answer.arrayBuffer());
        const source = readFileSync(new URL(name, folder));
        if (/\.(js|css)$/.test(name))
            expectLinesOf(String(body), String(source), name);
        else if (name !== "index.html")
            assert.deepEqual(body, source, name);
        const again = await get(`/page/${name}`, { "if-none-match": answer.headers.get("etag") });
        assert.equal(again.status, 304, name);
        assert.equal((await again.arrayBuffer()).byteLength, 0);
    }
});

test("files may be kept, by addresses that change with them; all are asked for at once", async () => {
    const { page, close } = await visit(browser, stage, { as: "manager" });
    const asked = [];
    page.on("response", (answer) => asked.push([new URL(answer.url()).pathname,
        answer.headers()["cache-control"]]));
    await page.reload();
    await untilSession(page, "signed-in");
    const files = asked.filter(([path]) => path.startsWith("/page/"));
    assert.notEqual(files.length, 0);
    for (const [path, kept] of files) {
        assert.match(path, /^\/page\/[0-9a-f]{16}\//);
        assert.match(kept, /immutable/);
    }
    const html = await (await get(stage.page(), { accept: BROWSER })).text();
    for (const name of readdirSync(folder).filter((each) => /^(?!words_|later_).*\.js$/.test(each)))
        assert.match(html, new RegExp(`rel="modulepreload" href="../page/[0-9a-f]{16}/${name}"`));
    await close();
});

test("browsers get the page and programs JSON, at one address", async () => {
    const path = `/organizations/${stage.organization}`;
    const page = await get(path, { accept: BROWSER });
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-type"), types.html);
    assert.match(page.headers.get("vary"), /\bAccept,/);
    const json = await get(path, { accept: "*/*" });
    assert.equal(json.status, 401);
    assert.equal(json.headers.get("content-type"), "application/problem+json");
    assert.match(json.headers.get("vary"), /\bAccept,/);
    const slash = await get(`${path}/?q=a%20b`, { accept: BROWSER });
    assert.equal(slash.status, 308);
    assert.equal(new URL(slash.headers.get("location"), `${stage.origin}${path}/`).href,
        stage.page("?q=a%20b"));
});

test("the policy allows our files, us and the issuer, and nothing else", async () => {
    const answer = await get(`/organizations/${stage.organization}`, { accept: BROWSER });
    const policy = answer.headers.get("content-security-policy").split("; ").sort();
    assert.deepEqual(policy, [
        "base-uri 'none'", `connect-src 'self' ${stage.issuer}`, "default-src 'none'",
        "form-action 'none'", "frame-ancestors 'none'", "img-src 'self'",
        "require-trusted-types-for 'script'", "script-src 'self'", "style-src 'self'",
        "trusted-types 'none'"]);
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.equal(answer.headers.get("cross-origin-opener-policy"), "same-origin");
});

test("the browser holds the page to that policy", async () => {
    const { page, close } = await visit(browser, stage,
        { as: "manager", mayComplain: [/Content Security Policy|TrustedHTML|TrustedScript/] });
    const done = await page.evaluate(async () => {
        const tried = {};
        const attempt = async (name, what) => {
            try {
                await what();
                tried[name] = "done";
            } catch {
                tried[name] = "refused";
            }
        };
        await attempt("markup", () => (document.body.innerHTML += "<p>x</p>"));
        await attempt("text as script", () => {
            document.createElement("script").textContent = "window.ran = true";
        });
        await attempt("elsewhere", () => fetch("http://127.0.0.1:9/"));
        await attempt("ourselves", () => fetch("/page/settings.json"));
        return { ...tried, ran: "ran" in window };
    });
    assert.deepEqual(done, { markup: "refused", "text as script": "refused", elsewhere: "refused",
        ourselves: "done", ran: false });
    await close();
});

test("axe is really asked", async () => {
    const { page, close } = await visit(browser, stage, { as: "manager" });
    await page.evaluate(() => document.body.append(document.createElement("button")));
    await assert.rejects(expectAccessible(page), (error) =>
        error.actual.some(({ id }) => id === "button-name"));
    await close();
});

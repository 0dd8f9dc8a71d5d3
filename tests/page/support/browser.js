// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, and visits to the page in it: each with cookies and memory of its own, in a
// language, a colour scheme and a size, and with whatever the browser complained of.
import assert from "node:assert/strict";

import { packages } from "./packages.js";

const { chromium } = packages("playwright-core");
const SWITCHES = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    ...(process.getuid() === 0 ? ["--no-sandbox"] : []),
];
const PATIENCE_MS = 60_000;

/** A browser, with scrollbars that take room, as most have them; close() it. */
export function startBrowser() {
    return chromium.launch({ executablePath: "/usr/bin/chromium", args: SWITCHES,
        ignoreDefaultArgs: ["--hide-scrollbars"] });
}

/**
 * @typedef {object} Wish
 * @property {"administrator" | "manager" | "colleague" | "user"} [as]  signed in already, as far as
 *     the issuer is concerned; without it the visitor is a stranger
 * @property {string} [view]      query and fragment of the address
 * @property {string} [language] a tag
 * @property {"light" | "dark"} [scheme]
 * @property {{width: number, height: number}} [size]
 * @property {RegExp[]} [mayComplain]  complaints of the browser that are expected
 */

/**
 * Opens the page, and waits until it knows who is looking. End it with close(), which fails for a
 * complaint of the browser: an error in the console, a violation of the policy, an exception.
 *
 * @param {import("./stage.js").Stage} stage
 * @param {Wish} [wish]
 */
export async function visit(browser, stage, wish = {}) {
    const context = await browser.newContext({
        locale: wish.language ?? "en",
        colorScheme: wish.scheme ?? "light",
        viewport: wish.size ?? { width: 1280, height: 800 },
        timezoneId: "Europe/Paris",
    });
    context.setDefaultTimeout(PATIENCE_MS);
    if (wish.as) await signInBeforehand(context, stage, wish.as);
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type()))
            complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(stage.page(wish.view));
    const visitor = {
        page,
        context,
        complaints,
        async close() {
            const expected = wish.mayComplain ?? [];
            const unexpected = complaints.filter((text) => !expected.some((each) => each.test(text)));
            await context.close();
            assert.deepEqual(unexpected, [], "the browser complained");
        },
    };
    if (wish.as) await untilSession(page, "signed-in");
    return visitor;
}

/** What the issuer's cookie says once a member has signed in. */
export function signInBeforehand(context, stage, member) {
    return context.addCookies([{
        name: "jobtrail_issuer",
        value: String(stage.members[member].place),
        url: stage.issuer,
    }]);
}

/** On the issuer's page: chooses a member. */
export async function chooseMember(page, stage, member) {
    await page.getByRole("link", { name: stage.members[member].name }).click();
}

/**
 * Does something in the page with its session. The action is sent as text: it knows nothing of what
 * is around it here.
 *
 * @template T
 * @param {import("playwright-core").Page} page
 * @param {(session: any) => T | Promise<T>} action
 * @returns {Promise<T>}
 */
export function withSession(page, action) {
    return page.evaluate(`(async () => {
        const main = document.querySelector("script[type=module]").src;
        const { session } = await import(new URL("session.js", main));
        return (${action})(session);
    })()`);
}

/** state, reason, member, name, role and organization of the page's session. */
export function sessionOf(page) {
    return withSession(page, ({ state, reason, detail, member, name, role, organization }) =>
        ({ state, reason, detail, member, name, role, organization }));
}

/** Until the session is in this state, for this reason if one is named; returns it. */
export async function untilSession(page, state, reason) {
    let seen;
    await until(async () => {
        seen = await sessionOf(page);
        return seen.state === state && (reason === undefined || seen.reason === reason);
    }, () => `the session is ${state} ${reason ?? ""}; it is ${JSON.stringify(seen)}`);
    return seen;
}

/** Asks until the answer is true; what goes wrong meanwhile (the page goes) is an answer not had. */
export async function until(question, what, patienceMs = PATIENCE_MS) {
    const deadline = performance.now() + patienceMs;
    let last;
    for (;;) {
        try {
            last = await question();
            if (last) return last;
        } catch (error) {
            last = error;
        }
        if (performance.now() > deadline)
            assert.fail(`still not so: ${typeof what === "function" ? what() : what} (${last})`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

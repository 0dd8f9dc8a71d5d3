// SPDX-License-Identifier: Apache-2.0
// The pages without a table: before signing in, when that is not possible, and for a member whose
// role sees no jobs.
import { freshId, make } from "./dom.js";
import { stateBox } from "./states.js";
import { t } from "./words.js";

/** @typedef {import("./session.js").session["reason"]} Reason */

/**
 * @param {() => void} signIn
 * @param {Reason} reason
 */
export function signedOutPage(signIn, reason) {
    const box = stateBox("successful", t("welcome.title"), t("welcome.text"),
        [[t("member.signIn"), signIn]]);
    if (reason === "refused" || reason === "tampered" || reason === "expired")
        box.append(make("p", { role: "alert", text: t(`welcome.${reason}`) }));
    return page(box);
}

/**
 * @param {() => void} retry
 * @param {Reason} reason
 */
export function unavailablePage(retry, reason) {
    const why = reason === "not-configured" || reason === "insecure" || reason === "blocked"
        ? t(`welcome.${reason}`) : t("welcome.unreachable");
    return page(stateBox("warning", t("welcome.unavailable"), why, [[t("problem.retry"), retry]]));
}

/**
 * @param {string} name
 * @param {string | null} role
 * @param {string} organization
 */
export function userPage(name, role, organization) {
    const box = stateBox("person", t("user.title"), t("user.text"));
    box.append(make("p", { text: t("user.ask", { organization }) }),
        make("p", { class: "quiet" }, make("bdi", { text: t("welcome.signedIn", { name }) }), " ",
            make("bdi", { text: t("user.role", { role: role || t("user.noRole") }) })));
    return page(box);
}

/** For whom the issuer sent back in a tab that nobody left for it. */
export function nowherePage() {
    return page(stateBox("warning", t("nowhere.title"), t("nowhere.text")));
}

/**
 * For whom came without naming an organisation.
 * @param {(organization: string) => void} go
 */
export function wayInPage(go) {
    const input = make("input", { class: "input", id: freshId(), required: true, maxlength: "255",
        autocomplete: "organization", autocapitalize: "off", spellcheck: "false" });
    const box = stateBox("columns", t("wayIn.title"), t("wayIn.text"));
    box.querySelector("h2")?.replaceWith(make("h1", { text: t("wayIn.title") }));
    box.append(make("form", { class: "way-in", on: { submit: (event) => {
        event.preventDefault();
        if (input.value.trim())
            go(input.value.trim());
    } } },
    make("label", { for: input.id, text: t("wayIn.organization") }), input,
    make("button", { class: "button primary", type: "submit", text: t("wayIn.go") })));
    return page(box);
}

/** @param {Element} content */
function page(content) {
    return make("main", { class: "alone" }, content);
}

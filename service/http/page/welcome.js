// SPDX-License-Identifier: Apache-2.0
// The pages without a table: before signing in, when that is not possible, and for a member whose
// role sees no jobs.
import { make } from "./dom.js";
import { stateBox } from "./states.js";
import { t } from "./words.js";

/** @param {() => void} signIn */
export function signedOutPage(signIn) {
    return page(stateBox("successful", t("welcome.title"), t("welcome.text"),
        [[t("member.signIn"), signIn]]));
}

/** @param {() => void} retry */
export function unavailablePage(retry) {
    return page(stateBox("warning", t("welcome.unavailable"), t("welcome.unavailable.long"),
        [[t("problem.retry"), retry]]));
}

/**
 * @param {string} name
 * @param {string | undefined} role
 * @param {string} organization
 */
export function userPage(name, role, organization) {
    const box = stateBox("person", t("user.title"), t("user.text"));
    box.append(make("p", { text: t("user.ask", { organization }) }),
        make("p", { class: "quiet" }, make("bdi", { text: t("welcome.signedIn", { name }) }), " ",
            make("bdi", { text: t("user.role", { role: role || t("user.noRole") }) })));
    return page(box);
}

/** @param {Element} content */
function page(content) {
    return make("main", { class: "alone" }, content);
}

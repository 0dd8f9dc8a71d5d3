// SPDX-License-Identifier: Apache-2.0
// What stands in the table's place when there is no row: why, and what to do about it.
import { make } from "./dom.js";
import { icon } from "./icons.js";
import { Problem, problemWords } from "./problem.js";
import { isFiltered } from "./view_state.js";
import { t } from "./words.js";

/**
 * @param {string} drawing
 * @param {string} title
 * @param {string} text
 * @param {[string, () => void][]} [buttons] words and what they do
 */
export function stateBox(drawing, title, text, buttons = []) {
    return make("div", { class: "state" }, icon(drawing, "large"), make("h2", { text: title }),
        make("p", { text }),
        ...buttons.map(([word, press], i) => make("button", { class: i ? "button" : "button primary",
            type: "button", text: word, on: { click: press } })));
}

/**
 * @param {import("./view_state.js").View} view
 * @param {boolean} seesAll the member sees jobs of others
 * @param {{clear: () => void, first: () => void}} actions
 */
export function emptyState(view, seesAll, actions) {
    if (view.cursor)
        return stateBox("empty", t("empty.pastEnd"), t("empty.pastEnd.long"),
            [[t("empty.toFirst"), actions.first]]);
    if (isFiltered(view))
        return stateBox("filter", t("empty.filtered"), t("empty.filtered.long"),
            [[t("empty.clear"), actions.clear]]);
    return stateBox("empty", t("empty.none"), t(seesAll ? "empty.none.long" : "empty.noneMine.long"));
}

/**
 * @param {unknown} problem
 * @param {{retry: () => void, reset: () => void, signIn: () => void}} actions
 */
export function problemState(problem, actions) {
    const status = problem instanceof Problem ? problem.status : 0;
    /** @type {[string, () => void]} */
    const button = status === 401 ? [t("member.signIn"), actions.signIn]
        : status === 400 ? [t("problem.resetView"), actions.reset] : [t("problem.retry"), actions.retry];
    return stateBox("warning", t("problem.title"), problemWords(problem), [button]);
}

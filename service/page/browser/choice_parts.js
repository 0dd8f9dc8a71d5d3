// SPDX-License-Identifier: Apache-2.0
// What one sees of a choice of jobs: a check box in each row whose job can be chosen, in others a
// mark that says why not, a box in the head for all of them, and the bar that says how many are chosen.
import { announce } from "./announce.js";
import { make, setAttribute, setText, visible } from "./dom.js";
import { tellWhyNot, whyNotWords } from "./row_menu.js";
import { t } from "./words.js";

/** @typedef {import("./choice.js").Choice} Choice */
/** @typedef {import("./list.js").Row} Row */

/**
 * @param {() => Row} current
 * @param {Choice} choice
 * @returns {import("./cells.js").Cell}
 */
export function choiceCell(current, choice) {
    const box = make("input", { type: "checkbox", "data-focus": "choose" });
    const cell = make("td", { class: "cell-choice", role: "cell", on: {
        click: ({ target, shiftKey }) => {
            if (box.hidden)
                tellWhyNot(current().job);
            else
                choice.set(current().job.jobID, target === box ? box.checked : !box.checked, shiftKey);
        },
        mousedown: (event) => event.shiftKey && event.preventDefault(), // no text is to be selected
    } }, box);
    return { cell, update: ({ job }) => {
        const why = whyNotWords(job);
        if (why && document.activeElement === box)
            box.closest("tr")?.querySelector("a")?.focus();
        box.hidden = why !== undefined;
        box.checked = !box.hidden && choice.has(job.jobID);
        setAttribute(box, "aria-label", t("choice.row", { id: visible(job.jobID) }));
        setAttribute(cell, "title", why ?? null);
        cell.classList.toggle("cannot", box.hidden);
    } };
}

/** @param {Choice} choice */
export function choiceHead(choice) {
    const box = make("input", { type: "checkbox", "aria-label": t("choice.all"),
        on: { change: () => choice.setAll(box.checked) } });
    const element = make("th", { class: "cell-choice", scope: "col", role: "columnheader", title: t("choice.which") },
        make("span", { class: "unseen", text: t("choice.column") }), box);
    return { element, update: () => {
        const most = choice.choosable().length;
        box.hidden = !most && document.activeElement !== box;
        box.checked = most > 0 && choice.ids.size >= most;
        box.indeterminate = choice.ids.size > 0 && !box.checked;
    } };
}

/**
 * The space bar on a row chooses it, with Shift all between it and the one before.
 * @param {KeyboardEvent} event
 * @param {Row | undefined} row where the focus is
 * @param {Choice} choice
 */
export function chooseByKey(event, row, choice) {
    const kind = event.target instanceof Element && event.target.getAttribute("data-focus");
    if (event.key !== " " || !row || (kind !== "row" && kind !== "choose"))
        return;
    event.preventDefault();
    if (event.type !== "keydown")
        return;
    if (whyNotWords(row.job))
        tellWhyNot(row.job);
    else
        choice.set(row.job.jobID, event.shiftKey || !choice.has(row.job.jobID), event.shiftKey);
}

const losses = /** @type {const} */ (["ended", "unseen", "cannot"]);

export class ChoiceBar {
    /**
     * @param {Choice} choice
     * @param {{cancel: () => void, leave: () => void}} actions leave: the focus has to go elsewhere
     */
    constructor(choice, { cancel, leave }) {
        this.choice = choice;
        this.leave = leave;
        this.text = make("span", { class: "choice-text" });
        this.cancel = make("button", { class: "button warns", type: "button", text: t("choice.cancel"),
            on: { click: cancel } });
        this.element = make("div", { class: "choice-bar", role: "group", "aria-label": t("choice.bar"), hidden: true },
            this.text, this.cancel, make("button", { class: "button", type: "button", text: t("choice.none"),
                on: { click: () => choice.setAll(false) } }));
    }

    update() {
        const { ids, lost } = this.choice;
        const text = [t("choice.count", { count: ids.size }), ...losses.map((loss) => {
            const count = this.choice.countLost(loss);
            return count ? t(`choice.lost.${loss}`, { count }) : "";
        })].filter(Boolean).join(" · ");
        const hadFocus = this.element.contains(document.activeElement);
        this.cancel.disabled = !ids.size;
        this.element.hidden = !ids.size && !lost.size;
        if (hadFocus && (this.element.hidden || this.cancel.disabled))
            this.leave();
        if (this.text.textContent !== text && (ids.size || lost.size || this.text.textContent))
            announce(text);
        setText(this.text, text);
    }
}

// SPDX-License-Identifier: Apache-2.0
// A row of the table: its cells, its menu's button, and the marks on the whole of it.
import { makeCell } from "./cells.js";
import { choiceCell } from "./choice_parts.js";
import { make, setAttribute, visible } from "./dom.js";
import { icon } from "./icons.js";
import { makeNote } from "./note.js";
import { t } from "./words.js";

/** @typedef {import("./list.js").Row} Row */

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class RowView {
    /**
     * @param {Row} row
     * @param {import("./columns.js").Column[]} columns
     * @param {import("./cells.js").RowActions} actions
     */
    constructor(row, columns, actions) {
        this.row = row;
        this.actions = actions;
        this.choice = choiceCell(() => this.row, actions.choice);
        this.cells = columns.map(({ name }) => makeCell(name, () => this.row, actions));
        this.button = make("button", { class: "icon-button", type: "button", "data-focus": "menu",
            "aria-haspopup": "menu", "aria-expanded": "false",
            on: { click: () => actions.menu(this.row, this.button) } }, icon("more"));
        this.element = make("tr", { role: "row", on: { click: (event) => this.clicked(event) } },
            this.choice.cell,
            ...this.cells.map(({ cell }) => cell),
            make("td", { class: "cell-actions", role: "cell" }, this.button));
        if (!columns.some(({ name }) => name === "status"))
            this.noteAlone = this.addNote();
        /** @type {string | undefined} */
        this.status = undefined;
        this.update(row, Date.now());
    }

    /** Without the status there is still its note, in the first cell. */
    addNote() {
        const note = makeNote();
        this.cells[0]?.cell.append(note.element);
        return note;
    }

    /**
     * @param {Row} row
     * @param {number} nowMs
     */
    update(row, nowMs) {
        this.row = row;
        this.choice.update(row, nowMs);
        for (const cell of this.cells)
            cell.update(row, nowMs);
        this.noteAlone?.update(row);
        const label = t("row.menu", { id: visible(row.job.jobID) });
        setAttribute(this.button, "aria-label", label);
        this.element.classList.toggle("left", row.left);
        setAttribute(this.element, "data-id", row.job.jobID);
        this.markChange(row.job.status);
    }

    /** A change of status is seen from the corner of the eye; a tick of progress is not worth it.
     * @param {string} status
     */
    markChange(status) {
        if (this.status !== undefined && this.status !== status && !stillness.matches)
            this.element.animate([{ backgroundColor: "var(--flash)" },
                { backgroundColor: "transparent" }], { duration: 1600, easing: "ease-out" });
        this.status = status;
    }

    /** @param {MouseEvent} event */
    clicked(event) {
        const isOurs = event.target instanceof Element && event.target.closest("button, a, .cell-choice");
        if (!isOurs && getSelection()?.isCollapsed !== false)
            this.actions.details(this.row);
    }

    /**
     * @param {"row" | "menu" | "error" | "choose"} what
     * @returns {HTMLElement | null} null: it has none
     */
    focusable(what) {
        const found = this.element.querySelector(`[data-focus="${what}"]:not([hidden])`);
        return found instanceof HTMLElement ? found : null;
    }
}

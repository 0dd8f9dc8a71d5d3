// SPDX-License-Identifier: Apache-2.0
// Chooses which columns are shown. Each choice is seen at once behind the dialog.
import { columns } from "./columns.js";
import { openDialog } from "./dialog.js";
import { make } from "./dom.js";
import { t } from "./words.js";

/**
 * @param {string[]} shown
 * @param {(names: string[]) => void} show
 */
export function openColumnsDialog(shown, show) {
    const boxes = columns.map(({ name }) => make("input", { type: "checkbox",
        checked: shown.includes(name), on: { change: () => changed() } }));
    const all = make("button", { class: "button", type: "button", text: t("columns.all"),
        on: { click: () => {
            for (const box of boxes)
                box.checked = true;
            changed();
        } } });
    const done = make("button", { class: "button primary", type: "button", text: t("columns.done"),
        on: { click: () => dialog.close() } });
    const { dialog } = openDialog({ title: t("columns.title"), closeWord: t("columns.done"),
        names: "small" },
    make("div", { class: "dialog-body choices" }, ...columns.map(({ name }, i) =>
        make("label", { class: "choice" }, boxes[i], t(`column.${name}`)))),
    make("div", { class: "dialog-foot" }, all, done));
    holdLast();
    boxes[0]?.focus();

    function changed() {
        holdLast();
        show(columns.filter((_, i) => boxes[i]?.checked).map(({ name }) => name));
    }
    /** The last one cannot be unchecked. */
    function holdLast() {
        const checked = boxes.filter((box) => box.checked);
        for (const box of boxes)
            box.disabled = checked.length === 1 && box.checked;
    }
}

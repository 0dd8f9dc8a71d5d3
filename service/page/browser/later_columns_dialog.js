// SPDX-License-Identifier: Apache-2.0
// Chooses which columns are shown. Each choice is seen at once behind the dialog.
import { columns, withColumn } from "./columns.js";
import { openDialog } from "./dialog.js";
import { make } from "./dom.js";
import { t } from "./words.js";

/**
 * @param {string[]} shown in their order, which stays
 * @param {(names: string[]) => void} show
 * @param {() => string[]} reset to the usual columns, order and widths: those that are shown then
 */
export function openColumnsDialog(shown, show, reset) {
    let names = shown;
    const boxes = columns.map(({ name }) => make("input", { type: "checkbox",
        on: { change: (event) => changed(event.target.checked ? withColumn(names, name)
            : names.filter((each) => each !== name)) } }));
    const all = make("button", { class: "button", type: "button", text: t("columns.all"),
        on: { click: () => changed(columns.reduce((before, { name }) => withColumn(before, name), names)) } });
    const usual = make("button", { class: "button", type: "button", text: t("columns.reset"),
        on: { click: () => {
            names = reset();
            update();
        } } });
    const done = make("button", { class: "button primary", type: "button", text: t("columns.done"),
        on: { click: () => dialog.close() } });
    const { dialog } = openDialog({ title: t("columns.title"), closeWord: t("columns.done"),
        names: "small" },
    make("div", { class: "dialog-body choices" }, ...columns.map(({ name }, i) =>
        make("label", { class: "choice" }, boxes[i], t(`column.${name}`)))),
    make("div", { class: "dialog-foot" }, usual, all, done));
    update();
    boxes[0]?.focus();

    /** @param {string[]} now */
    function changed(now) {
        names = now;
        update();
        show(names);
    }
    /** The last one cannot be unchecked. */
    function update() {
        for (const [i, box] of boxes.entries()) {
            box.checked = names.includes(columns[i]?.name ?? "");
            box.disabled = names.length === 1 && box.checked;
        }
    }
}

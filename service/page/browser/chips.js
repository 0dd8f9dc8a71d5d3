// SPDX-License-Identifier: Apache-2.0
// A chip for each filter that is on, each with its × to take it off.
import { columns, isFilterOn, withoutFilter } from "./columns.js";
import { foreign, make, visible } from "./dom.js";
import { datesWords, durationWords, valuesWords } from "./filter_words.js";
import { icon } from "./icons.js";
import { withoutFilters } from "./view_state.js";
import { t } from "./words.js";

/** @typedef {import("./view_state.js").View} View */

/**
 * @param {View} view
 * @param {(view: View) => void} show
 * @returns {Element[]}
 */
export function chips(view, show) {
    // The search and "only mine" are seen in their own places.
    const made = columns
        .filter((column) => column.filter && column.filter !== "search" && isFilterOn(column, view))
        .map((column) => {
            const name = t("filter.chip", { name: t(`column.${column.name}`), value: valueOf(column.name, view) });
            return chip(name, () => show(withoutFilter(column, view)));
        });
    const on = made.length + Number(view.creator === "me") + Number(view.q !== "");
    if (on > 1)
        made.push(make("button", { class: "button plain", type: "button", text: t("filter.clearAll"),
            on: { click: () => show(withoutFilters(view)) } }));
    return made;
}

/**
 * @param {string} name
 * @param {() => void} remove
 */
function chip(name, remove) {
    const label = t("filter.remove", { name: visible(name) });
    return make("button", { class: "chip", type: "button", "aria-label": label, title: label,
        on: { click: remove } }, foreign(name, "cut"), icon("close"));
}

/**
 * @param {import("./columns.js").ColumnName} name
 * @param {View} view
 */
function valueOf(name, view) {
    if (name === "status")
        return view.status.map((status) =>
            t(`status.${/** @type {import("./job.js").Job["status"]} */ (status)}`)).join(", ");
    if (name === "processID")
        return valuesWords(view.processID);
    if (name === "creator")
        return view.creator;
    return name === "duration" ? durationWords(view)
        : datesWords(view[/** @type {"created"} */ (name)]);
}

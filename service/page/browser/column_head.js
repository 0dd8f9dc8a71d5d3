// SPDX-License-Identifier: Apache-2.0
// The head of a column: a press on its name sorts, its ⋮ has the rest. A filter that is on and the
// order are marked on it.
import { isFilterOn } from "./columns.js";
import { make } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./view_state.js").View} View */

/**
 * @typedef {object} HeadActions
 * @property {(sortby: string) => void} sort
 * @property {(column: Column, button: HTMLElement) => void} menu
 */

/**
 * The order that a press on the name asks for: the other one; dates begin with the newest.
 * @param {Column} column
 * @param {string} sortby
 */
export function nextSort(column, sortby) {
    if (sortby === column.name)
        return `-${column.name}`;
    if (sortby === `-${column.name}`)
        return column.name;
    return column.isDate ? `-${column.name}` : column.name;
}

/**
 * @param {Column} column
 * @param {View} view
 * @param {HeadActions} actions
 */
export function columnHead(column, view, actions) {
    const name = t(`column.${column.name}`);
    const descends = view.sortby === `-${column.name}`;
    const isSorted = descends || view.sortby === column.name;
    const sort = make("button", { class: "head-name", type: "button", title: t("menu.sortBy", { name }),
        "data-sort": column.name, on: { click: () => actions.sort(nextSort(column, view.sortby)) } },
    make("span", { class: "cut", text: name }),
    isSorted ? icon(descends ? "down" : "up", "sort-mark") : null);
    const menu = make("button", { class: "icon-button small", type: "button",
        "aria-label": t("menu.column", { name }), "aria-haspopup": "menu", "aria-expanded": "false",
        "data-column-menu": column.name,
        on: { click: () => actions.menu(column, menu) } }, icon("more"));
    const isFiltered = isFilterOn(column, view);
    const mark = isFiltered
        ? make("span", { class: "filter-mark", title: t("menu.filteredMark") }, icon("filter")) : null;
    return make("th", { scope: "col", role: "columnheader", class: `head-${column.name}`,
        "aria-label": isFiltered ? `${name}, ${t("menu.filteredMark")}` : name,
        "aria-sort": isSorted ? descends ? "descending" : "ascending" : undefined },
    make("div", { class: "head" }, sort, mark, menu));
}

// SPDX-License-Identifier: Apache-2.0
// The head of a column: a press on its name sorts, its ⋮ has the rest; pulled, it moves, and its edge sizes it. A filter that is on and the
// order are marked on it.
import { isFilterOn } from "./columns.js";
import { make } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/** @typedef {import("./columns.js").Column} Column */

const pullPx = 6; // less is a press
/** @typedef {import("./view_state.js").View} View */

/**
 * @typedef {object} HeadActions
 * @property {(sortby: string) => void} sort
 * @property {(column: Column, button: HTMLElement) => void} menu
 * @property {(column: Column) => void} move with the pointer, whose button is down
 * @property {(column: Column, fromX: number) => void} size likewise
 * @property {(column: Column) => void} forgetWidth
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
    const edge = make("span", { class: "sizer", "aria-hidden": "true", on: {
        pointerdown: (event) => {
            event.stopPropagation();
            whenPulled(event, 1, () => actions.size(column, event.clientX));
        },
        dblclick: () => actions.forgetWidth(column),
    } });
    return make("th", { scope: "col", role: "columnheader", class: `head-${column.name}`,
        on: { pointerdown: (event) => {
            if (event.pointerType !== "touch") // which scrolls
                whenPulled(event, pullPx, () => actions.move(column));
        } },
        "aria-label": isFiltered ? `${name}, ${t("menu.filteredMark")}` : name,
        "aria-sort": isSorted ? descends ? "descending" : "ascending" : undefined },
    make("div", { class: "head" }, sort, mark, menu), edge);
}

/**
 * Once the pointer moved so far to a side while its button is down; never where it is let go before.
 * @param {PointerEvent} event
 * @param {number} farPx
 * @param {() => void} pulled
 */
function whenPulled(event, farPx, pulled) {
    const ending = new AbortController();
    const { signal } = ending;
    if (event.button !== 0)
        return;
    document.addEventListener("pointermove", ({ clientX }) => {
        if (Math.abs(clientX - event.clientX) < farPx)
            return;
        ending.abort();
        pulled();
    }, { signal });
    for (const name of ["pointerup", "pointercancel"])
        document.addEventListener(name, () => ending.abort(), { signal });
}

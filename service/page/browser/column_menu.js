// SPDX-License-Identifier: Apache-2.0
// The ⋮ of a column: sort, filter, move, size, hide, choose columns.
import { isFilterOn, movedTo, withoutFilter } from "./columns.js";
import { later } from "./later.js";
import { openMenu } from "./menu.js";
import { t } from "./words.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./view_state.js").View} View */

/**
 * @typedef {object} ColumnMenuActions
 * @property {() => View} view
 * @property {(view: View) => void} show
 * @property {() => Column[]} columns those shown
 * @property {(names: string[]) => void} showColumns
 * @property {() => void} chooseColumns
 * @property {(column: Column) => void} size by keys
 * @property {() => void} search
 * @property {() => Promise<string[]>} types
 */

/**
 * @param {Column} column
 * @param {HTMLElement} button
 * @param {ColumnMenuActions} actions
 */
export function openColumnMenu(column, button, actions) {
    const view = actions.view();
    const name = t(`column.${column.name}`);
    openMenu(button, t("menu.column", { name }), [
        sortItem(column, view, false, actions),
        sortItem(column, view, true, actions),
        ...filterItems(column, view, actions),
        {},
        ...arrangeItems(column, actions),
        hideItem(column, actions),
        { label: t("menu.columns"), icon: "columns", choose: actions.chooseColumns },
    ]);
}

/**
 * @param {Column} column
 * @param {View} view
 * @param {boolean} descends
 * @param {ColumnMenuActions} actions
 * @returns {import("./menu.js").Item}
 */
function sortItem(column, view, descends, actions) {
    const sortby = (descends ? "-" : "") + column.name;
    return { label: t(descends ? "menu.sortDescending" : "menu.sortAscending"),
        checked: view.sortby === sortby,
        choose: () => actions.show({ ...view, sortby, cursor: "" }) };
}

/**
 * @param {Column} column
 * @param {View} view
 * @param {ColumnMenuActions} actions
 * @returns {import("./menu.js").Item[]}
 */
function filterItems(column, view, actions) {
    if (!column.filter)
        return [];
    const isOn = isFilterOn(column, view);
    const item = column.filter === "search"
        ? { label: t("menu.search"), icon: "search", choose: actions.search }
        : { label: t(isOn ? "menu.filterOn" : "menu.filter"), icon: "filter",
            choose: () => void later(() => import("./later_filter.js"), ({ openFilter }) =>
                openFilter(column, view, actions.types, actions.show)) };
    return [{}, item, ...isOn ? [{ label: t("menu.clearFilter"), icon: "close",
        choose: () => actions.show(withoutFilter(column, view)) }] : []];
}

/**
 * @param {Column} column
 * @param {ColumnMenuActions} actions
 * @returns {import("./menu.js").Item[]}
 */
function arrangeItems(column, actions) {
    const names = actions.columns().map(({ name }) => name);
    const at = names.indexOf(column.name);
    const move = (/** @type {number} */ place) => actions.showColumns(movedTo(names, column.name, place));
    return [
        { label: t("menu.moveLeft"), icon: "previous", whyNot: at ? undefined : t("menu.isFirst"),
            choose: () => move(at - 1) },
        { label: t("menu.moveRight"), icon: "next", whyNot: names[at + 1] ? undefined : t("menu.isLast"),
            choose: () => move(at + 1) },
        { label: t("menu.size"), icon: "columns", choose: () => actions.size(column),
            whyNot: matchMedia("(max-width: 719px)").matches ? t("menu.tooNarrow") : undefined },
    ];
}

/**
 * @param {Column} column
 * @param {ColumnMenuActions} actions
 * @returns {import("./menu.js").Item}
 */
function hideItem(column, actions) {
    const others = actions.columns().filter(({ name }) => name !== column.name);
    return { label: t("menu.hide"), icon: "hide",
        whyNot: others.length ? undefined : t("menu.lastColumn"),
        choose: () => actions.showColumns(others.map(({ name }) => name)) };
}

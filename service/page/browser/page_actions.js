// SPDX-License-Identifier: Apache-2.0
// What menus and shortcuts do on the page of jobs.
import { openColumnMenu } from "./column_menu.js";
import { whyNotCancel } from "./job.js";
import { later } from "./later.js";
import { prefer } from "./preferences.js";
import { tellWhyNot } from "./row_menu.js";

/** @typedef {import("./job.js").Job} Job */
/** @typedef {import("./jobs_page.js").JobsPage} JobsPage */

/**
 * @param {JobsPage} page
 * @returns {import("./column_menu.js").ColumnMenuActions}
 */
export function columnMenuActions(page) {
    const choose = (/** @type {string[]} */ names) => page.chooseColumns(names);
    return {
        view: () => page.navigation.view,
        show: (view) => page.navigation.go(view),
        columns: () => page.columns,
        showColumns: choose,
        chooseColumns: () => void later(() => import("./later_columns_dialog.js"), ({ openColumnsDialog }) =>
            openColumnsDialog(page.columns.map(({ name }) => name), choose, () => resetColumns(page))),
        size: ({ name }) => arrange(({ sizeByKeys }) => sizeByKeys(name, page.table)),
        search: () => page.toolbar.search.focus(),
        types: () => page.api.types(),
    };
}

/** @param {(module: typeof import("./later_column_drag.js")) => void} use */
function arrange(use) {
    void later(() => import("./later_column_drag.js"), use);
}

/**
 * The usual columns, in their order and of their widths.
 * @param {JobsPage} page
 */
function resetColumns(page) {
    prefer({ columns: undefined, widths: undefined });
    page.navigation.go({ ...page.navigation.view, columns: null }, { replaces: true });
    page.table.sizeColumns();
    return page.columns.map(({ name }) => name);
}

/**
 * @param {JobsPage} page
 * @returns {import("./column_head.js").HeadActions}
 */
export function headActions(page) {
    return {
        sort: (sortby) => page.sort(sortby),
        menu: (column, button) => openColumnMenu(column, button, columnMenuActions(page)),
        move: ({ name }) => arrange(({ moveByPointer }) =>
            moveByPointer(name, page.table, (names) => page.chooseColumns(names))),
        size: ({ name }, fromX) => arrange(({ sizeByPointer }) => sizeByPointer(name, page.table, fromX)),
        forgetWidth: ({ name }) => arrange(({ forgetWidth }) => forgetWidth(name, page.table)),
    };
}

/**
 * @param {JobsPage} page
 * @returns {import("./row_menu.js").RowMenuActions}
 */
export function rowMenuActions(page) {
    return {
        details: (job) => page.openDetails(job),
        error: (job) => page.openError(job),
        cancel: (job) => page.cancelling.ask(job),
        ...page.seesAll && { onlyOf: (/** @type {Job} */ { creatorID = "" }) =>
            page.navigation.go({ ...page.navigation.view, creator: creatorID, cursor: "" }) },
    };
}

/**
 * @param {JobsPage} page
 * @returns {Record<import("./shortcuts.js").Command, () => void>}
 */
export function shortcutCommands(page) {
    const press = (/** @type {"menu" | "error"} */ what) =>
        page.table.currentView()?.focusable(what)?.click();
    return {
        search: () => page.toolbar.search.select(),
        down: () => page.table.move(1),
        up: () => page.table.move(-1),
        menu: () => press("menu"),
        error: () => press("error"),
        cancel: () => cancelCurrent(page),
        show: () => page.showNews(),
        refresh: () => page.liveBar.press(),
        pause: () => page.liveBar.toggle(),
        previous: () => page.footer.press("previous"),
        next: () => page.footer.press("next"),
    };
}

/**
 * Asks whether to cancel those that are chosen.
 * @param {JobsPage} page
 */
export function cancelChosen(page) {
    const { api, live, choice, cancelling } = page;
    void later(() => import("./later_cancel_many.js"), ({ openCancelMany }) => {
        if (choice.ids.size)
            openCancelMany({ jobs: choice.jobs, api, live, granted: (job) => cancelling.wasGranted(job) });
    });
}

/**
 * The view as it is saved: it states what is only remembered here.
 * @param {JobsPage} page
 */
export function viewToSave(page) {
    return { ...page.navigation.view, cursor: "", job: "", error: "", limit: page.limit,
        columns: page.columns.map(({ name }) => name) };
}

/**
 * The views that were saved.
 * @param {JobsPage} page
 */
export function openViews(page) {
    const { navigation, who, views } = page;
    void later(() => import("./later_views.js"), ({ openViewsMenu }) => openViewsMenu(views.element, {
        organization: who.organization, ...views.current(),
        show: (view, name) => navigation.go(view, { saved: name }),
        keep: (name) => navigation.go(navigation.view, { replaces: true, saved: name }) }));
}

/** @param {JobsPage} page */
function cancelCurrent(page) {
    if (page.choice.ids.size) {
        cancelChosen(page);
        return;
    }
    const job = page.table.currentView()?.row.job;
    if (!job)
        return;
    if (whyNotCancel(job))
        tellWhyNot(job);
    else
        page.cancelling.ask(job);
}

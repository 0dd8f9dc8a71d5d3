// SPDX-License-Identifier: Apache-2.0
// What menus and shortcuts do on the page of jobs.
import { notify } from "./announce.js";
import { openColumnsDialog } from "./columns_dialog.js";
import { later } from "./later.js";
import { whyNotWords } from "./row_menu.js";

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
        chooseColumns: () => openColumnsDialog(page.columns.map(({ name }) => name), choose),
        search: () => page.toolbar.search.focus(),
        types: () => page.api.types(),
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

/** @param {JobsPage} page */
function cancelCurrent(page) {
    if (page.choice.ids.size) {
        cancelChosen(page);
        return;
    }
    const job = page.table.currentView()?.row.job;
    if (!job)
        return;
    const why = whyNotWords(job);
    if (why)
        notify(why);
    else
        page.cancelling.ask(job);
}

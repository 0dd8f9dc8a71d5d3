// SPDX-License-Identifier: Apache-2.0
// The table. It is built anew for another list, columns or language; changes of rows are gathered
// and written together in one frame.
import { chooseByKey, choiceHead } from "./choice_parts.js";
import { columnHead } from "./column_head.js";
import { actionsPx, choicePx, widthOf } from "./column_widths.js";
import { isFilterOn } from "./columns.js";
import { make, setAttribute } from "./dom.js";
import { preferences } from "./preferences.js";
import { RowView } from "./row.js";
import { t } from "./words.js";

/** @typedef {import("./list.js").Row} Row */

const skeletonRows = 12;
const gatherMs = 80; // many changes are one frame's work; nobody sees the delay
const tickRows = 13;
const tickRestMs = 110;

/** @typedef {import("./column_widths.js").Widths} Widths */

/**
 * The column that takes what is left; none: all share it.
 * @param {import("./columns.js").Column[]} columns
 * @param {Widths} chosen
 */
function widestOf(columns, chosen) {
    const free = columns.filter(({ name }) => !chosen[name]);
    return free.find(({ name }) => name === "message") ?? (free.length < columns.length ? free.at(-1) : undefined);
}

/**
 * @typedef {object} TableOptions
 * @property {string} organization
 * @property {import("./cells.js").RowActions} rowActions
 * @property {import("./column_head.js").HeadActions} headActions
 */

export class Table {
    /** @param {TableOptions} options */
    constructor(options) {
        this.options = options;
        /** @type {Map<string, RowView>} */
        this.views = new Map();
        /** @type {Set<Row>} */
        this.changed = new Set();
        this.frame = 0;
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.timer = undefined;
        this.caption = make("caption", { class: "unseen" });
        this.columnGroup = make("colgroup");
        this.head = make("thead", { role: "rowgroup" });
        this.body = make("tbody", { role: "rowgroup" });
        this.element = make("table", { class: "jobs", role: "table" }, this.caption,
            this.columnGroup, this.head, this.body);
        this.choiceHead = choiceHead(options.rowActions.choice);
        this.body.addEventListener("keydown", (event) => this.moveByArrow(event));
        for (const name of /** @type {const} */ (["keydown", "keyup"]))
            this.body.addEventListener(name, (event) =>
                chooseByKey(event, this.currentView()?.row, options.rowActions.choice));
    }

    /**
     * Heads and widths; the rows are to be shown after it.
     * @param {import("./columns.js").Column[]} columns
     * @param {import("./view_state.js").View} view
     */
    showColumns(columns, view) {
        this.columns = columns;
        this.view = view;
        this.caption.textContent = t("list.caption", { organization: this.options.organization });
        this.columnGroup.replaceChildren(...Array.from({ length: columns.length + 2 }, () => make("col")));
        this.sizeColumns();
        const row = make("tr", { role: "row" }, this.choiceHead.element,
            ...columns.map((column) => columnHead(column, view, this.options.headActions)),
            make("th", { class: "cell-actions", scope: "col", role: "columnheader" },
                make("span", { class: "unseen", text: t("column.actions") })));
        this.head.replaceChildren(row);
    }

    /** @param {Widths} [chosen] as they are while one is being sized */
    sizeColumns(chosen = preferences().widths ?? {}) {
        const { columns = [], element, view } = this;
        const widest = widestOf(columns, chosen);
        const widths = [choicePx, ...columns.map((column) => widthOf(column, chosen, {
            isSorted: view?.sortby.replace("-", "") === column.name,
            isFiltered: view !== undefined && isFilterOn(column, view) })), actionsPx];
        const all = `${widths.reduce((sum, width) => sum + width, 0)}px`;
        const isExact = !widest && columns.some(({ name }) => chosen[name]);
        element.style.minWidth = all;
        element.style.width = isExact ? all : "";
        for (const [i, column] of [...this.columnGroup.children].entries())
            /** @type {HTMLElement} */ (column).style.width =
                widest && columns[i - 1] === widest ? "" : `${widths[i]}px`;
    }

    /**
     * @param {string} name of a column
     * @returns {HTMLElement | null}
     */
    headOf(name) {
        return this.head.querySelector(`.head-${name}`);
    }

    /** @param {Iterable<Row>} rows in their order */
    showRows(rows) {
        this.forgetChanges();
        this.views.clear();
        for (const row of rows)
            this.views.set(row.job.jobID, new RowView(row, this.columns ?? [], this.options.rowActions));
        this.body.replaceChildren(...[...this.views.values()].map((view) => view.element));
        this.choiceHead.update();
    }

    /** What stands there until the first answer. */
    showSkeleton() {
        this.views.clear();
        const cells = (this.columns?.length ?? 0) + 2;
        this.body.replaceChildren(...Array.from({ length: skeletonRows }, () =>
            make("tr", { role: "row", class: "skeleton", "aria-hidden": "true" },
                ...Array.from({ length: cells }, () =>
                    make("td", { role: "cell" }, make("span", { class: "bone" }))))));
    }

    /** @param {boolean} busy another list is on its way */
    setBusy(busy) {
        setAttribute(this.element, "aria-busy", busy ? "true" : null);
    }

    /**
     * A row changed in place.
     * @param {Row} row
     */
    change(row) {
        this.changed.add(row);
        this.timer ??= setTimeout(() => {
            this.frame = requestAnimationFrame(() => this.writeChanges());
        }, gatherMs);
    }

    /** What was gathered is shown already. */
    forgetChanges() {
        clearTimeout(this.timer);
        cancelAnimationFrame(this.frame);
        this.timer = undefined;
        this.changed.clear();
    }

    writeChanges() {
        const nowMs = Date.now();
        this.timer = undefined;
        for (const row of this.changed)
            this.views.get(row.job.jobID)?.update(row, nowMs);
        this.changed.clear();
    }

    /** Time passes: relative dates follow, of some rows after the others, so that no frame has all to draw. */
    tick() {
        const views = [...this.views.values()];
        for (let from = 0; from < views.length; from += tickRows)
            setTimeout(() => {
                for (const view of views.slice(from, from + tickRows))
                    view.update(view.row, Date.now());
            }, from / tickRows * tickRestMs);
        this.choiceHead.update();
    }

    /** Other jobs are chosen. */
    showChoice() {
        for (const { choice, row } of this.views.values())
            choice.update(row, 0);
        this.choiceHead.update();
    }

    /** @param {KeyboardEvent} event */
    moveByArrow(event) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step || event.altKey || event.ctrlKey || event.metaKey)
            return;
        event.preventDefault();
        this.move(step);
    }

    /**
     * To another row, in the same kind of place as now.
     * @param {number} step
     */
    move(step) {
        const all = [...this.views.values()];
        const now = this.currentView();
        const at = now ? all.indexOf(now) + step : step > 0 ? 0 : all.length - 1;
        const target = all[Math.min(Math.max(at, 0), all.length - 1)];
        const kind = document.activeElement?.getAttribute("data-focus");
        const place = kind === "menu" || kind === "choose" ? target?.focusable(kind) : null;
        const other = place ?? target?.focusable("row") ?? target?.focusable("menu");
        other?.focus();
        other?.closest("tr")?.scrollIntoView({ block: "nearest" });
    }

    /** The row that has the focus. */
    currentView() {
        const id = document.activeElement?.closest("tr[data-id]")?.getAttribute("data-id");
        return typeof id === "string" ? this.views.get(id) : undefined;
    }

    /**
     * The row before or behind another one.
     * @param {string} id
     * @param {number} step
     * @returns {Row | undefined}
     */
    neighbour(id, step) {
        const all = [...this.views.values()];
        const at = all.findIndex((view) => view.row.job.jobID === id);
        return at < 0 ? undefined : all[at + step]?.row;
    }
}

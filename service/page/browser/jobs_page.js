// SPDX-License-Identifier: Apache-2.0
// The page of jobs: composes table, bars and dialogs over what is shown (Navigation) and what is
// known (Live). It is made anew for another language.
import { announce } from "./announce.js";
import { Cancelling } from "./cancel.js";
import { ChartPlace } from "./chart_place.js";
import { Choice } from "./choice.js";
import { ChoiceBar } from "./choice_parts.js";
import { usualColumns } from "./column_widths.js";
import { columnsNamed } from "./columns.js";
import { Counts } from "./counts.js";
import { Details } from "./details.js";
import { make } from "./dom.js";
import { ErrorDialog } from "./error_dialog.js";
import { Footer } from "./footer.js";
import { totalWords } from "./footer_words.js";
import { isFinished } from "./job.js";
import { later } from "./later.js";
import { LiveBar } from "./live_bar.js";
import { Overview } from "./overview.js";
import { cancelChosen, headActions, openViews, rowMenuActions, shortcutCommands, viewToSave } from "./page_actions.js";
import { prefer, preferences } from "./preferences.js";
import { openRowMenu } from "./row_menu.js";
import { serverClock } from "./server_clock.js";
import { listenForShortcuts } from "./shortcuts.js";
import { emptyState, problemState } from "./states.js";
import { Table } from "./table.js";
import { Toolbar } from "./toolbar.js";
import { defaultView, formatView, limits, outlived, sameList, withoutFilters } from "./view_state.js";
import { ViewsButton } from "./views_button.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */
/** @typedef {import("./view_state.js").View} View */

/**
 * @typedef {object} JobsPageOptions
 * @property {import("./api.js").Api} api
 * @property {import("./navigation.js").Navigation} navigation
 * @property {import("./live.js").Live} live
 * @property {{organization: string, member: string, name: string, role: string | null, signIn: () => void}} who
 */

const clockMs = 1000;

export class JobsPage {
    /** @param {JobsPageOptions} options */
    constructor({ api, navigation, live, who }) {
        this.api = api;
        this.navigation = navigation;
        this.live = live;
        this.who = who;
        this.seesAll = who.role !== "Manager";
        this.cancelling = new Cancelling(api, { granted: (job) => this.jobAsked(job),
            answered: ({ jobID }) => this.details.heard(jobID),
            shown: (job) => live.list.rows.get(job.jobID)?.job ?? job,
            follows: () => !live.paused });
        this.details = new Details(api, who.member, {
            closed: () => navigation.close("job"),
            cancel: (job) => this.cancelling.ask(job),
            neighbour: (id, step) => this.table.neighbour(id, step)?.job.jobID,
            move: (id) => navigation.go({ ...navigation.view, job: id }, { replaces: true }),
            known: (job) => this.cancelling.heard(job),
        });
        this.error = new ErrorDialog(api, () => navigation.close("error"));
        this.views = new ViewsButton(who.organization, () => ({ view: viewToSave(this), name: navigation.saved,
            isPlain: !formatView({ ...navigation.view, cursor: "", job: "", error: "" }) }), () => openViews(this));
        this.toolbar = new Toolbar({ offersMine: this.seesAll, view: () => navigation.view,
            show: (view, replaces) => navigation.go(view, { replaces }),
            views: this.views.element });
        this.liveBar = new LiveBar(live, () => this.showNews());
        this.choice = new Choice(() => live.list.rows);
        this.choiceBar = new ChoiceBar(this.choice, { cancel: () => cancelChosen(this),
            leave: () => this.scroller.focus({ preventScroll: true }) });
        this.table = new Table({ organization: who.organization,
            rowActions: {
                details: (row) => this.openDetails(row.job),
                error: (row) => this.openError(row.job),
                menu: (row, button) => openRowMenu(row.job, button, rowMenuActions(this)),
                choice: this.choice,
                myName: who.name,
            },
            headActions: headActions(this) });
        this.counts = new Counts(api);
        this.chart = new ChartPlace(api, (view) => navigation.go({ ...navigation.view, created: view.created, cursor: "" }));
        this.overview = new Overview(() => navigation.view, (view) => navigation.go(view), this.chart.button);
        this.footer = new Footer({ go: (cursor) => navigation.go({ ...navigation.view, cursor }),
            setLimit: (limit) => this.setLimit(limit), save: () => this.save() });
        this.state = make("div", { class: "state-place", hidden: true });
        this.scroller = make("div", { class: "scroller", role: "region", id: "jobs", tabindex: "0",
            "aria-label": t("list.region") }, this.table.element, this.state);
        this.element = make("main", { class: "page" },
            make("div", { class: "bars" }, this.toolbar.element,
                make("div", { class: "news-place" }, this.liveBar.news), this.liveBar.element),
            this.overview.element, this.chart.element, this.scroller, this.choiceBar.element, this.footer.element);
        this.columnsKey = "";
        this.listen();
    }

    listen() {
        const ending = this.ending = new AbortController();
        const { signal } = ending;
        /** @type {[EventTarget, string, (event: any) => void][]} */
        const all = [
            [this.navigation, "change", () => this.navigated()],
            [this.live, "list", () => this.listChanged()],
            [this.live, "rows", ({ detail }) => this.rowChanged(detail)],
            [this.live, "known", ({ detail }) => this.known(detail)],
            [this.live, "job", ({ detail }) => this.heard(detail)],
            [this.live, "news", () => this.newsChanged()],
            [this.counts, "change", () => this.countsChanged()],
            [this.choice, "change", () => this.choiceChanged()],
            [this.live, "fresh", () => this.freshChanged()],
            [window, "online", () => this.live.hurry()],
            [window, "resize", () => this.showColumns()],
            [window, "storage", () => void this.views.update()],
        ];
        for (const [target, name, listener] of all)
            target.addEventListener(name, listener, { signal });
        const clock = setInterval(() => this.tick(), clockMs);
        const endShortcuts = listenForShortcuts(shortcutCommands(this));
        signal.addEventListener("abort", () => {
            clearInterval(clock);
            endShortcuts();
        });
    }

    tick() {
        const live = this.live.fresh.mode === "live";
        const { view } = this.navigation;
        if (live) {
            this.counts.tick();
            this.chart.tick();
        }
        const leaves = live && outlived(view, serverClock.now());
        if (leaves && this.live.list.expire(leaves).length)
            this.newsChanged();
        this.liveBar.update();
        this.table.tick();
        this.details.tick();
    }

    /** Nothing of it is used any more; what is open in Live goes on. */
    end() {
        this.ending?.abort();
        this.details.end();
        this.error.end();
        this.counts.stop();
        this.chart.end();
    }

    /** Shows what the address has. */
    begin() {
        this.showColumns();
        this.toolbar.update(this.navigation.view);
        void this.views.update();
        if (this.live.shown)
            this.listChanged();
        else
            this.load();
        this.details.show(this.navigation.view.job);
        this.error.show(this.navigation.view.error);
    }

    get limit() {
        const wished = this.navigation.view.limit ?? preferences().limit ?? 25;
        return limits.includes(wished) ? wished : 25;
    }

    get columns() {
        return columnsNamed(this.navigation.view.columns ?? preferences().columns ?? usualColumns(window.innerWidth));
    }

    load() {
        void this.live.show(this.navigation.view, this.limit);
    }

    navigated() {
        const { view } = this.navigation;
        const before = this.live.shown;
        this.showColumns();
        this.toolbar.update(view);
        void this.views.update();
        this.overview.update(this.counts);
        if (!before || !sameList(before.view, view) || before.limit !== this.limit)
            this.load();
        this.details.show(view.job);
        this.error.show(view.error);
    }

    showColumns() {
        const { view } = this.navigation;
        const key = JSON.stringify([this.columns.map(({ name }) => name), { ...view, cursor: "", job: "", error: "" }]);
        if (this.columnsKey === key)
            return;
        const had = ["data-sort", "data-column-menu"].map((name) =>
            `[${name}="${document.activeElement?.getAttribute(name)}"]`).join();
        this.columnsKey = key;
        this.table.showColumns(this.columns, view);
        if (this.live.list.read)
            this.table.showRows(this.live.list.rows.values());
        const again = this.table.head.querySelector(had);
        if (again instanceof HTMLElement)
            again.focus();
    }

    listChanged() {
        const { live } = this;
        const { view } = this.navigation;
        this.table.setBusy(live.reading);
        this.updateFooter();
        if (live.reading && !live.list.read) {
            this.state.hidden = true;
            this.table.showSkeleton();
        } else if (!live.reading) {
            this.showAnswer(view);
            this.choice.review();
            if (live.list.read && live.problem === null) {
                this.counts.show(view);
                void this.chart.read(view);
            }
        }
        this.details.updateNeighbours();
    }

    updateFooter(isCounted = false) {
        const { list } = this.live;
        const { view } = this.navigation;
        const shown = list.matching;
        this.footer.update(list.read, this.limit, view.cursor, { shown, left: list.rows.size - shown,
            total: this.counts.total(view.status), isCounted });
    }

    countsChanged() {
        this.overview.update(this.counts);
        this.updateFooter(true);
    }

    /** Paused, the counts are as of the table's time too. */
    freshChanged() {
        this.liveBar.update();
        if (this.live.paused) {
            this.counts.stop();
            this.chart.stop();
        }
    }

    newsChanged() {
        this.liveBar.updateNews();
        this.updateFooter();
    }

    /** @param {string | null} id the stream spoke of that job; null: maybe of any */
    heard(id) {
        this.details.heard(id);
        this.counts.heard();
        this.chart.heard();
    }

    /** @param {View} view */
    showAnswer(view) {
        const { live } = this;
        const { read } = live.list;
        const hasFailed = live.problem !== null && (!read || !isPassing(live.problem));
        if (hasFailed) {
            this.table.showRows([]);
            this.state.replaceChildren(problemState(live.problem, { retry: () => live.refresh(),
                reset: () => this.navigation.go(defaultView()), signIn: this.who.signIn }));
        } else if (read && live.problem === null) {
            const focused = this.keepFocus();
            this.table.showRows(live.list.rows.values());
            focused();
            this.state.replaceChildren(...read.jobs.length ? [] : [emptyState(view, this.seesAll, {
                clear: () => this.navigation.go(withoutFilters(view)),
                first: () => this.navigation.go({ ...view, cursor: "" }) })]);
            announce(totalWords(read, { shown: read.jobs.length, left: 0, total: null }));
        }
        this.state.hidden = !this.state.childElementCount;
        this.table.element.classList.toggle("is-empty", !this.state.hidden);
    }

    /**
     * Rows are made anew when the list is read: who was in one is put back into it.
     * @returns {() => void}
     */
    keepFocus() {
        const view = this.table.currentView();
        const kind = document.activeElement?.getAttribute("data-focus");
        return () => {
            if (!view)
                return;
            const again = this.table.views.get(view.row.job.jobID);
            const place = again?.focusable(/** @type {"row"} */ (kind ?? "row"));
            (place ?? this.scroller).focus({ preventScroll: true });
        };
    }

    /** @param {import("./list.js").Row} row */
    rowChanged(row) {
        this.table.change(row);
        this.choice.review();
    }

    /** @param {Job[]} jobs as they were read just now */
    known(jobs) {
        for (const job of jobs)
            this.cancelling.heard(job);
    }

    /**
     * It was asked to stop. The stream may have said more of it than the answer to that knew.
     * @param {Job} asked
     */
    jobAsked(asked) {
        const now = this.live.list.rows.get(asked.jobID)?.job ?? asked;
        if (!isFinished(now) && now.attempt === asked.attempt) {
            const row = this.live.list.tell({ ...now, cancelling: "open" });
            if (row)
                this.table.change(row);
            this.choice.review();
        }
        this.cancelling.heard(now);
        this.details.heard(asked.jobID);
    }

    save() {
        void later(() => import("./later_export.js"), ({ openExport }) => openExport(this.api, this.navigation.view));
    }

    choiceChanged() {
        this.table.showChoice();
        this.choiceBar.update();
    }

    showNews() {
        const { view } = this.navigation;
        this.scroller.scrollTop = 0;
        this.scroller.focus({ preventScroll: true });
        if (view.cursor)
            this.navigation.go({ ...view, cursor: "" });
        else
            this.live.refresh();
    }

    /** @param {Job} job */
    openDetails(job) {
        this.navigation.go({ ...this.navigation.view, job: job.jobID }, { opens: true });
    }

    /** @param {Job} job */
    openError(job) {
        this.navigation.go({ ...this.navigation.view, error: job.jobID }, { opens: true });
    }

    /** @param {string} sortby */
    sort(sortby) {
        const { view } = this.navigation;
        this.navigation.go({ ...view, sortby, cursor: "" });
        const name = /** @type {import("./columns.js").ColumnName} */ (sortby.replace(/^-/, ""));
        announce(t("list.sorted", { name: t(`column.${name}`),
            direction: t(sortby.startsWith("-") ? "list.descending" : "list.ascending") }));
    }

    /** @param {number} limit */
    setLimit(limit) {
        prefer({ limit });
        this.navigation.go({ ...this.navigation.view, limit, cursor: "" });
    }

    /** @param {string[]} names */
    chooseColumns(names) {
        prefer({ columns: names });
        this.navigation.go({ ...this.navigation.view, columns: names }, { replaces: true });
    }
}

/** @param {unknown} problem */
function isPassing(problem) {
    return typeof problem === "object" && problem !== null && "passes" in problem && problem.passes === true;
}

// SPDX-License-Identifier: Apache-2.0
// Where the chart of jobs over time is: a button that opens and closes it, and a place of fixed
// height, so that nothing moves when it is drawn. What draws it is fetched when it is to be seen, and
// once the table is there.
import { later } from "./later.js";
import { icon } from "./icons.js";
import { freshId, make, setAttribute } from "./dom.js";
import { prefer, preferences } from "./preferences.js";
import { t } from "./words.js";

/** @typedef {import("./view_state.js").View} View */

export class ChartPlace {
    /**
     * @param {import("./api.js").Api} api
     * @param {(view: View) => void} show
     */
    constructor(api, show) {
        this.api = api;
        this.show = show;
        /** @type {import("./later_chart.js").Chart | null} */
        this.chart = null;
        /** @type {View | null} of the table that was read last */
        this.view = null;
        this.hasEnded = false;
        // Unless somebody chose, where there is room for it.
        this.isOpen = preferences().chart ?? (window.innerWidth >= 1200 && window.innerHeight >= 900);
        const id = freshId();
        this.element = make("section", { class: "chart-place", id, "aria-label": t("chart.label") });
        this.button = make("button", { class: "button small chart-toggle", type: "button", "aria-controls": id,
            on: { click: () => this.toggle() } }, icon("chart"), t("chart.label"), icon("next"));
        this.update();
    }

    update() {
        this.element.hidden = !this.isOpen;
        setAttribute(this.button, "aria-expanded", String(this.isOpen));
    }

    toggle() {
        this.isOpen = !this.isOpen;
        prefer({ chart: this.isOpen });
        this.update();
        if (!this.isOpen)
            this.stop();
        else if (this.view)
            void this.read(this.view);
    }

    /**
     * The list of a view was read.
     * @param {View} view
     */
    async read(view) {
        this.view = view;
        if (!this.isOpen)
            return;
        if (!this.chart)
            await later(() => import("./later_chart.js"), ({ Chart }) => {
                this.chart ??= new Chart(this.api, this.element, (changed) => this.show(changed));
            });
        if (!this.hasEnded && this.isOpen)
            this.chart?.read(this.view);
    }

    heard() {
        if (this.isOpen)
            this.chart?.timeline.heard();
    }

    tick() {
        if (this.isOpen)
            this.chart?.timeline.tick();
    }

    stop() {
        this.chart?.timeline.stop();
    }

    end() {
        this.hasEnded = true;
        this.stop();
        this.chart?.end();
    }
}

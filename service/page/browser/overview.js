// SPDX-License-Identifier: Apache-2.0
// How many jobs are in each state, as buttons that show those alone, and how many want a look.
import { make, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { statuses } from "./view_state.js";
import { number, t } from "./words.js";

/** @typedef {import("./view_state.js").View} View */
/** @typedef {import("./words.js").Key} Key */

/** What wants a look; what there is none of is not shown. */
const marks = /** @type {const} */ (["silent", "unanswered", "overtaken"]);

export class Overview {
    /**
     * @param {() => View} view
     * @param {(view: View) => void} show
     * @param {Element} more what stands behind them
     */
    constructor(view, show, more) {
        this.view = view;
        this.states = [null, ...statuses].map((status) => {
            const value = make("span", { class: "count" });
            const word = t(status ? `status.${status}` : "overview.all");
            const button = make("button", { class: `state-count${status ? "" : " all"}`, type: "button",
                "data-state": status ?? "all", on: { click: () => show(this.toggled(status)) } },
            status ? icon(status, `kind-${status}`) : null, make("span", { text: word }), value);
            return { status, button, value };
        });
        this.marks = marks.map((name) => {
            const value = make("span", { class: "count" });
            const button = make("button", { class: "state-count mark", type: "button", hidden: true,
                "data-state": name, title: t(`overview.${name}.long`),
                on: { click: () => show(this.wanting(name)) } },
            icon("warning"), make("span", { text: t(`note.${name}`) }), value);
            return { name, button, value };
        });
        this.bounded = make("span", { class: "bounded", hidden: true });
        this.element = make("div", { class: "overview" },
            make("div", { class: "state-counts", role: "group", "aria-label": t("overview.label") },
                ...[...this.states, ...this.marks].map(({ button }) => button), this.bounded), more);
    }

    /**
     * Those of a state alone; pressed again, all.
     * @param {import("./view_state.js").Status | null} status
     * @returns {View}
     */
    toggled(status) {
        const view = this.view();
        const isAlone = view.status.length === 1 && view.status[0] === status;
        return { ...view, status: status && !isAlone ? [status] : [], cursor: "" };
    }

    /**
     * Of open ones those of which was heard longest ago come first, of ended ones the latest.
     * @param {(typeof marks)[number]} name
     * @returns {View}
     */
    wanting(name) {
        if (name === "overtaken")
            return { ...this.view(), status: ["successful", "failed"], finished: "24h", sortby: "-updated",
                cursor: "" };
        return { ...this.view(), status: name === "silent" ? ["running"] : ["accepted", "running"],
            sortby: "updated", cursor: "" };
    }

    /** @param {import("./counts.js").Counts} counts */
    update(counts) {
        const { known } = counts;
        const { status: chosen } = this.view();
        for (const { status, button, value } of this.states) {
            const count = !known ? null : status ? known.counts[status]
                : statuses.reduce((sum, each) => sum + known.counts[each], 0);
            setText(value, count === null ? "" : number(count));
            setAttribute(button, "aria-pressed",
                String(status ? chosen.includes(status) : !chosen.length));
            button.classList.toggle("none", count === 0);
        }
        for (const { name, button, value } of this.marks) {
            const count = known?.[name] ?? 0;
            button.hidden = !count && document.activeElement !== button;
            setText(value, number(count));
        }
        this.bounded.hidden = !known?.boundedToNewest;
        setText(this.bounded, known?.boundedToNewest
            ? t("list.bounded", { number: known.boundedToNewest }) : "");
        setAttribute(this.bounded, "title", known?.boundedToNewest
            ? t("overview.bounded.long", { number: known.boundedToNewest }) : null);
    }
}

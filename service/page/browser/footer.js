// SPDX-License-Identifier: Apache-2.0
// Below the table: how many rows are shown and of how many, rows a page, and the way through the
// pages.
import { freshId, make, setText } from "./dom.js";
import { icon } from "./icons.js";
import { limits } from "./view_state.js";
import { number, t } from "./words.js";

/**
 * @typedef {object} FooterActions
 * @property {(cursor: string) => void} go empty: to the first page
 * @property {(limit: number) => void} setLimit
 * @property {() => void} save
 */

export class Footer {
    /** @param {FooterActions} actions */
    constructor(actions) {
        const id = freshId();
        this.total = make("span", { class: "total" });
        this.bounded = make("span", { class: "bounded", hidden: true });
        this.select = make("select", { class: "input", id,
            on: { change: () => actions.setLimit(Number(this.select.value)) } },
        ...limits.map((limit) => make("option", { value: limit, text: number(limit) })));
        this.first = this.button("first", "list.first", () => actions.go(""));
        this.previous = this.button("previous", "list.previous", () => actions.go(this.cursors.previous));
        this.next = this.button("next", "list.next", () => actions.go(this.cursors.next));
        this.place = make("span", { class: "page-place" });
        this.cursors = { previous: "", next: "" };
        this.element = make("footer", { class: "footer" },
            make("p", { class: "totals" }, this.total, " ", this.bounded),
            make("button", { class: "button plain", type: "button", text: t("export.open"),
                on: { click: () => actions.save() } }),
            make("div", { class: "rows-a-page" },
                make("label", { for: id, text: t("list.rowsPerPage") }), this.select),
            make("nav", { class: "pages", "aria-label": t("list.pages") }, this.first,
                this.previous, this.place, this.next));
    }

    /**
     * @param {string} drawing
     * @param {import("./words.js").Key} key
     * @param {() => void} press
     */
    button(drawing, key, press) {
        // Not disabled but aria-disabled: at the last page the focus stays where it is.
        const button = make("button", { class: "icon-button", type: "button", "aria-label": t(key),
            title: t(key), "aria-disabled": "true", on: { click: () => {
                if (button.getAttribute("aria-disabled") === "false")
                    press();
            } } }, icon(drawing));
        return button;
    }

    /**
     * @param {import("./api.js").JobList | null} read
     * @param {number} limit
     * @param {string} cursor of the page shown
     * @param {{shown: number, total: number | null}} now rows that still match; how many jobs do by
     *     now, where that is known
     */
    update(read, limit, cursor, { shown, total }) {
        this.select.value = String(limit);
        this.cursors = { previous: read?.previous ?? "", next: read?.next ?? "" };
        this.first.setAttribute("aria-disabled", String(!cursor));
        this.previous.setAttribute("aria-disabled", String(!this.cursors.previous));
        this.next.setAttribute("aria-disabled", String(!this.cursors.next));
        setText(this.total, read ? loadedWords(shown, total ?? read.matched, read.moreThan) : "");
        setText(this.place, read ? placeWords(read, limit, total) : "");
        this.bounded.hidden = !read?.boundedTo;
        this.bounded.textContent = read?.boundedTo ? t("list.bounded", { number: read.boundedTo }) : "";
        this.bounded.title = read?.boundedTo ? t("list.bounded.long", { number: read.boundedTo }) : "";
    }

    /** @param {"previous" | "next"} which */
    press(which) {
        this[which].click();
    }
}

/** @param {import("./api.js").JobList} read */
export function totalWords(read) {
    return loadedWords(read.jobs.length, read.matched, read.moreThan);
}

/**
 * @param {number} count
 * @param {number | null} total
 * @param {number} moreThan where the total is not known
 */
function loadedWords(count, total, moreThan) {
    // Rows change at once, the total a moment later.
    return t("list.loaded", { count,
        total: total === null ? t("list.moreThan", { number: moreThan }) : number(Math.max(total, count)) });
}

/**
 * Which rows the page has, and which page of how many it is, as of when it was read and as far as that
 * is known.
 * @param {import("./api.js").JobList} read
 * @param {number} limit
 * @param {number | null} total by now
 */
function placeWords({ jobs, before, matched }, limit, total) {
    if (before === null || !jobs.length)
        return "";
    const rows = t("list.rows", { from: before + 1, to: before + jobs.length });
    const all = total ?? matched;
    if (before % limit || all === null)
        return rows;
    const page = before / limit + 1;
    return `${rows} · ${t("list.page", { page, pages: Math.max(Math.ceil(all / limit), page) })}`;
}

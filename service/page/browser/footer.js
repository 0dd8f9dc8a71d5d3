// SPDX-License-Identifier: Apache-2.0
// Below the table: how many rows are shown and of how many, rows a page, and the way through the
// pages.
import { freshId, make, setText } from "./dom.js";
import { placeWords, sinceRead, totalWords } from "./footer_words.js";
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
        /** @type {import("./api.js").JobList | null} */
        this.read = null;
        this.since = 0;
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
     * @param {import("./footer_words.js").Now & {isCounted: boolean}} now isCounted: the total was asked for just now
     */
    update(read, limit, cursor, now) {
        this.select.value = String(limit);
        this.cursors = { previous: read?.previous ?? "", next: read?.next ?? "" };
        this.first.setAttribute("aria-disabled", String(!cursor));
        this.previous.setAttribute("aria-disabled", String(!this.cursors.previous));
        this.next.setAttribute("aria-disabled", String(!this.cursors.next));
        if (now.isCounted || read !== this.read)
            this.since = read && now.isCounted ? sinceRead(read, now) : 0;
        this.read = read;
        setText(this.total, read ? totalWords(read, now, this.since) : "");
        setText(this.place, read ? placeWords(read, limit, now.total) : "");
        this.bounded.hidden = !read?.boundedTo;
        this.bounded.textContent = read?.boundedTo ? t("list.bounded", { number: read.boundedTo }) : "";
        this.bounded.title = read?.boundedTo ? t("list.bounded.long", { number: read.boundedTo }) : "";
    }

    /** @param {"previous" | "next"} which */
    press(which) {
        this[which].click();
    }
}

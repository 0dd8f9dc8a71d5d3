// SPDX-License-Identifier: Apache-2.0
// Above the table: search, "only mine", saved views, the way to sort and filter on narrow windows, and a chip
// for each filter that is on.
import { make, setAttribute } from "./dom.js";
import { chips } from "./chips.js";
import { icon } from "./icons.js";
import { shortened } from "./view_state.js";
import { t } from "./words.js";

/** @typedef {import("./view_state.js").View} View */

const typingMs = 300;

/**
 * @typedef {object} ToolbarOptions
 * @property {boolean} offersMine the member sees jobs of others
 * @property {() => View} view
 * @property {(view: View, replaces?: boolean) => void} show
 * @property {HTMLElement} views opens those that were saved
 */

export class Toolbar {
    /** @param {ToolbarOptions} options */
    constructor(options) {
        this.options = options;
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.timer = undefined;
        const searchWords = t(options.offersMine ? "filter.searchAll" : "filter.search");
        this.search = make("input", { class: "input search-input", type: "search", maxlength: "256",
            placeholder: t("filter.search"), "aria-label": searchWords,
            autocomplete: "off", spellcheck: "false", on: {
                input: () => this.typed(),
                keydown: (event) => this.keyed(event),
            } });
        this.mine = make("button", { class: "button toggle", type: "button", "aria-pressed": "false",
            hidden: !options.offersMine, on: { click: () => this.toggleMine() } },
        icon("person"), t("filter.mine"));
        this.chips = make("div", { class: "chips" });
        this.element = make("div", { class: "toolbar" },
            make("div", { class: "search", role: "search" }, icon("search"), this.search),
            this.mine, options.views, this.chips);
    }

    /** @param {View} view */
    update(view) {
        clearTimeout(this.timer);
        if (this.search.value.trim() !== view.q)
            this.search.value = view.q;
        setAttribute(this.mine, "aria-pressed", String(view.creator === "me"));
        this.chips.replaceChildren(...chips(view, this.options.show));
    }

    typed() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.apply(), this.search.value ? typingMs : 0);
    }

    apply() {
        clearTimeout(this.timer);
        const view = this.options.view();
        const q = shortened(this.search.value.trim());
        // While a word is being typed it is one step of the history, not one a letter.
        if (q !== view.q)
            this.options.show({ ...view, q, cursor: "" }, view.q !== "" && q !== "");
    }

    /** @param {KeyboardEvent} event */
    keyed(event) {
        if (event.key === "Enter") {
            this.apply();
        } else if (event.key === "Escape" && this.search.value) {
            event.preventDefault();
            this.search.value = "";
            this.apply();
        } else if (event.key === "Escape") {
            this.search.blur();
        }
    }

    toggleMine() {
        const view = this.options.view();
        this.options.show({ ...view, creator: view.creator === "me" ? "" : "me", cursor: "" });
    }
}

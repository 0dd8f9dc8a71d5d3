// SPDX-License-Identifier: Apache-2.0
// The button of the saved views: it names the one that is open, and says if that was changed. Who saved
// none fetches nothing for it.
import { foreign, make, setAttribute, visible } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/** @typedef {import("./view_state.js").View} View */

/**
 * Where the browser keeps them.
 * @param {string} organization
 */
export function viewsKey(organization) {
    return `jobtrail.views.${organization}`;
}

/** @param {string} organization */
function areSome(organization) {
    try {
        return localStorage.getItem(viewsKey(organization)) !== null;
    } catch {
        return false; // a browser that keeps nothing
    }
}

export class ViewsButton {
    /**
     * @param {string} organization
     * @param {() => {view: View, name: string, isPlain: boolean}} current as it is to be saved; the name that was
     *     opened last, or empty; whether the address asks for nothing
     * @param {() => void} open
     */
    constructor(organization, current, open) {
        this.organization = organization;
        this.current = current;
        this.words = make("span", { class: "views-words" });
        this.element = make("button", { class: "button views", type: "button", "aria-haspopup": "menu",
            "aria-expanded": "false", "data-name": "views", on: { click: open } }, icon("saved"), this.words);
        this.show(null);
    }

    /** The view is another one, or those that are saved are. */
    async update() {
        if (!areSome(this.organization)) {
            this.show(null);
            return;
        }
        try {
            const { openedView, SavedViews } = await import("./later_saved_views.js");
            this.show(openedView(new SavedViews(this.organization).list(), this.current()));
        } catch {
            this.show(null); // not fetched: the menu, which needs it too, says so
        }
    }

    /** @param {{name: string, isChanged: boolean} | null} opened */
    show(opened) {
        const named = opened && t("views.opened", { name: visible(opened.name) });
        const changed = opened?.isChanged ? `, ${t("views.changed")}` : "";
        this.words.replaceChildren(...named ? [foreign(named, "cut"), changed] : [t("views.title")]);
        for (const attribute of ["aria-label", "title"]) // a long name is cut
            setAttribute(this.element, attribute, named && named + changed);
    }
}

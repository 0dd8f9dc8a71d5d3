// SPDX-License-Identifier: Apache-2.0
// The view that the address has. Each change is a step that the browser's Back undoes.
import { formatView, parseView } from "./view_state.js";

/** @typedef {import("./view_state.js").View} View */

export class Navigation extends EventTarget {
    constructor() {
        super();
        this.view = parseView(location.search);
        /** The name of the saved view that was opened last, or empty. @type {string} */
        this.saved = history.state?.saved ?? "";
        this.popped = () => {
            this.view = parseView(location.search);
            this.saved = history.state?.saved ?? "";
            this.tell();
        };
        window.addEventListener("popstate", this.popped);
    }

    /** Nothing is told any more. */
    end() {
        window.removeEventListener("popstate", this.popped);
    }

    /**
     * @param {View} view
     * @param {{replaces?: boolean, opens?: boolean, saved?: string}} [how] replaces: no step of its own
     *     (text being typed); opens: a step that closing takes back; saved: the view has this name
     */
    go(view, { replaces = false, opens = false, saved = this.saved } = {}) {
        const address = location.pathname + formatView(view) + location.hash;
        this.view = view;
        this.saved = saved;
        if (replaces)
            history.replaceState({ ...history.state, saved }, "", address);
        else
            history.pushState({ opened: opens, saved }, "", address);
        this.tell();
    }

    /**
     * Closes an open job, or its error: by a step back if opening it was one.
     * @param {"job" | "error"} what
     */
    close(what) {
        if (!this.view[what])
            return;
        if (history.state?.opened)
            history.back();
        else
            this.go({ ...this.view, [what]: "" }, { replaces: true });
    }

    tell() {
        this.dispatchEvent(new Event("change"));
    }
}

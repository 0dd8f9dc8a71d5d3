// SPDX-License-Identifier: Apache-2.0
// The views that a member gave names to: this browser keeps them, each as the address that shows it,
// by organisation. An address of an older version opens all the same: what is not understood of it is
// left out. Nothing is kept but what somebody saved, and no more than there is room for.
import { defaultSort, formatView, parseView } from "./view_state.js";
import { viewsKey } from "./views_button.js";

/** @typedef {{name: string, address: string}} SavedView */
/** @typedef {"many" | "long" | "full" | "refused"} Failure */

export const viewsMax = 50;
export const nameMax = 60; // characters
export const addressMax = 8000;

export class SavedViews {
    /**
     * @param {string} organization
     * @param {() => Storage} [storage] throws where the browser lets the page keep nothing
     */
    constructor(organization, storage = () => localStorage) {
        this.key = viewsKey(organization);
        this.storage = storage;
    }

    /** Whether the browser lets the page keep something. */
    get isRefused() {
        try {
            return !this.storage();
        } catch {
            return true;
        }
    }

    /**
     * Another tab may have changed them: they are read anew each time.
     * @returns {SavedView[]}
     */
    list() {
        return this.read().views.filter(isView);
    }

    /**
     * Under a name that there is already it takes its place.
     * @param {string} name
     * @param {string} address
     * @returns {Failure | null} null: it is kept
     */
    save(name, address) {
        const { views } = this.read();
        const at = views.findIndex((view) => isView(view) && view.name === name);
        if (at < 0 && views.length >= viewsMax)
            return "many";
        if (address.length > addressMax)
            return "long";
        views.splice(at < 0 ? views.length : at, at < 0 ? 0 : 1, { name, address });
        return this.keep(views);
    }

    /**
     * @param {string} name
     * @param {string} other that no view has
     * @returns {Failure | null}
     */
    rename(name, other) {
        return this.keep(this.read().views.map((view) =>
            isView(view) && view.name === name ? { ...view, name: other } : view));
    }

    /**
     * @param {string} name
     * @returns {Failure | null}
     */
    remove(name) {
        return this.keep(this.read().views.filter((view) => !isView(view) || view.name !== name));
    }

    /**
     * What a newer version added to it stays there.
     * @returns {{views: unknown[]}}
     */
    read() {
        try {
            const kept = JSON.parse(this.storage().getItem(this.key) ?? "{}");
            return { ...kept, views: Array.isArray(kept?.views) ? kept.views : [] };
        } catch {
            return { views: [] }; // damaged, or a browser that keeps nothing
        }
    }

    /**
     * @param {unknown[]} views
     * @returns {Failure | null}
     */
    keep(views) {
        try {
            this.storage().setItem(this.key, JSON.stringify({ ...this.read(), views }));
            return null;
        } catch (error) {
            return error instanceof DOMException && error.name === "QuotaExceededError" ? "full" : "refused";
        }
    }
}

/**
 * @param {unknown} value
 * @returns {value is SavedView}
 */
function isView(value) {
    return typeof value === "object" && value !== null && "name" in value && typeof value.name === "string" &&
        "address" in value && typeof value.address === "string";
}

/**
 * Which of them is open: one that shows the same, the one that was opened before others; else that one,
 * changed, but for a page that asks for nothing.
 * @param {SavedView[]} views
 * @param {{view: import("./view_state.js").View, name: string, isPlain: boolean}} current as it is to be saved
 * @returns {{name: string, isChanged: boolean} | null}
 */
export function openedView(views, { view, name, isPlain }) {
    const shown = formatView(view);
    const last = views.find((each) => each.name === name);
    const same = [...last ? [last] : [], ...views].find(({ address }) => {
        const saved = parseView(address);
        return formatView({ ...saved, cursor: "", job: "", error: "", limit: saved.limit ?? view.limit,
            columns: saved.columns ?? view.columns }) === shown;
    });
    if (same)
        return { name: same.name, isChanged: false };
    return last && !isPlain ? { name, isChanged: true } : null;
}

/**
 * Whether an address has something that is not understood here.
 * @param {string} address
 */
export function leavesOut(address) {
    const now = new URLSearchParams(formatView(parseView(address)));
    return [...new URLSearchParams(address)].some(([name, value]) =>
        !(name === "sortby" && value === defaultSort) &&
        !value.split(",").every((part) => now.get(name)?.split(",").includes(part)));
}

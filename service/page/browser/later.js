// SPDX-License-Identifier: Apache-2.0
// What few visits need is fetched when it is asked for. That may fail: the network is gone, or the
// service was replaced by another version of itself since the page was loaded.
import { notify } from "./announce.js";
import { t } from "./words.js";

/**
 * @template M
 * @param {() => Promise<M>} fetch a module
 * @param {(module: M) => void} use
 */
export async function later(fetch, use) {
    /** @type {M} */
    let module;
    try {
        module = await fetch();
    } catch {
        notify(t("page.notFetched"));
        return;
    }
    use(module);
}

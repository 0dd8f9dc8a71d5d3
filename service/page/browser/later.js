// SPDX-License-Identifier: Apache-2.0
// What a first visit can do without is in files lazy_*.js: they are fetched when they are first
// needed, and not named in index.html.
import { notify } from "./announce.js";
import { t } from "./words.js";

/**
 * @template Module, Result
 * @param {() => Promise<Module>} fetchModule an import()
 * @param {(module: Module) => Result} use
 * @returns {Promise<Awaited<Result> | null>} null: it did not come, which somebody was told
 */
export async function later(fetchModule, use) {
    let module;
    try {
        module = await fetchModule();
    } catch {
        notify(t("problem.unexpected"));
        return null;
    }
    return await use(module);
}

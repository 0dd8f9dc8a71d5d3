// SPDX-License-Identifier: Apache-2.0
// Saves what the filters show as a file, and says how far it is.
import { notify } from "./announce.js";
import { isAbort } from "./api.js";
import { openDialog } from "./dialog.js";
import { make, setText } from "./dom.js";
import { readAll, rowsMax } from "./later_export_file.js";
import { problemWords } from "./problem.js";
import { number, t } from "./words.js";

/**
 * @param {import("./api.js").Api} api
 * @param {import("./view_state.js").View} view
 */
export function openExport(api, view) {
    const asking = new AbortController();
    const told = make("p", { role: "status", "aria-live": "polite" });
    const buttons = /** @type {const} */ (["csv", "json"]).map((form) => make("button", {
        class: "button primary", type: "button", text: form.toUpperCase(),
        on: { click: () => void run(form) } }));
    const { dialog } = openDialog({ title: t("export.title"), closeWord: t("export.close"), names: "small",
        closed: () => asking.abort() },
    make("div", { class: "dialog-body stack" },
        make("p", { text: t("export.text", { number: rowsMax }) }), told),
    make("div", { class: "dialog-foot" }, ...buttons));
    buttons[0]?.focus();

    /** @param {"csv" | "json"} form */
    async function run(form) {
        for (const button of buttons)
            button.disabled = true;
        try {
            const { parts, count, isCut, boundedTo } = await readAll(api, view, form, asking.signal,
                (done, { matched }) => setText(told, t("export.done", { done,
                    total: matched === null ? "…" : number(matched) })));
            if (asking.signal.aborted)
                return;
            save(new Blob(parts, { type: form === "csv" ? "text/csv;charset=utf-8" : "application/json" }),
                `jobs-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.${form}`);
            dialog.close();
            notify([t("export.saved", { count }), isCut ? t("export.cut", { number: rowsMax })
                : boundedTo ? t("list.bounded", { number: boundedTo }) : ""].filter(Boolean).join(" · "));
        } catch (problem) {
            if (isAbort(problem) || asking.signal.aborted)
                return;
            setText(told, problemWords(problem));
            for (const button of buttons)
                button.disabled = false;
        }
    }
}

/**
 * @param {Blob} content
 * @param {string} name
 */
function save(content, name) {
    const address = URL.createObjectURL(content);
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

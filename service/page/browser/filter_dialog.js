// SPDX-License-Identifier: Apache-2.0
// Filter a column by value: the states, the types that there are, or an interval of creation.
import { fromLocalInput, toLocalInput } from "./dates.js";
import { openDialog } from "./dialog.js";
import { foreign, freshId, make } from "./dom.js";
import { icon } from "./icons.js";
import { problemWords } from "./problem.js";
import { intervalEnds, makeInterval, statuses } from "./view_state.js";
import { number, t } from "./words.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./view_state.js").View} View */
/** @typedef {{element: Element, read: () => Partial<View> | null}} Fields null: not good yet */

const typesMax = 32; // as the API has it

/**
 * @param {Column} column
 * @param {View} view
 * @param {() => Promise<string[]>} types
 * @param {(view: View) => void} show
 */
export async function openFilter(column, view, types, show) {
    const place = make("div", { class: "dialog-body" });
    const form = make("form", { class: "form", method: "dialog" }, place);
    const { dialog } = openDialog({ title: t("filter.title", { name: t(`column.${column.name}`) }),
        closeWord: t("filter.cancel"), names: "small" }, form);
    const fields = await fieldsFor(column, view, types, place);
    if (!fields || !dialog.open)
        return;
    const apply = make("button", { class: "button primary", type: "submit", text: t("filter.apply") });
    const clear = make("button", { class: "button", type: "button", text: t("filter.clear"),
        on: { click: () => finish(emptyOf(column)) } });
    place.replaceChildren(fields.element);
    form.append(make("div", { class: "dialog-foot" }, clear, apply));
    (place.querySelector("input") ?? apply).focus();
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const read = fields.read();
        if (read)
            finish(read);
    });
    /** @param {Partial<View>} changes */
    function finish(changes) {
        dialog.close();
        show({ ...view, ...changes, cursor: "" });
    }
}

/**
 * @param {Column} column
 * @returns {Partial<View>}
 */
function emptyOf(column) {
    return column.filter === "dates" ? { datetime: "" } : { [column.name]: [] };
}

/**
 * @param {Column} column
 * @param {View} view
 * @param {() => Promise<string[]>} types
 * @param {Element} place says what is awaited, or why there is nothing
 * @returns {Promise<Fields | null>}
 */
async function fieldsFor(column, view, types, place) {
    if (column.filter === "dates")
        return dateFields(view);
    if (column.name === "status")
        return choices(statuses, view.status, (value) => {
            const status = /** @type {import("./job.js").Job["status"]} */ (value);
            return make("span", { class: `status kind-${status}` }, icon(status), t(`status.${status}`));
        }, "status");
    place.replaceChildren(t("page.loading"));
    try {
        const known = (await types()).filter((type) => !type.includes(","));
        const all = [...new Set([...known, ...view.processID])].sort((a, b) => a.localeCompare(b));
        if (all.length)
            return choices(all, view.processID, (type) => foreign(type), "processID");
        place.replaceChildren(t("filter.noTypes"));
    } catch (problem) {
        place.replaceChildren(problemWords(problem));
    }
    return null;
}

/**
 * @param {readonly string[]} values
 * @param {string[]} chosen
 * @param {(value: string) => Node} show
 * @param {"status" | "processID"} name
 * @returns {Fields}
 */
function choices(values, chosen, show, name) {
    const boxes = values.map((value) => make("input", { type: "checkbox", value,
        checked: chosen.includes(value) }));
    const warning = make("p", { class: "warning", role: "alert" });
    const element = make("div", { class: "choices" }, ...boxes.map((box, i) =>
        make("label", { class: "choice" }, box, show(values[i] ?? ""))), warning);
    return { element, read: () => {
        const read = values.filter((_, i) => boxes[i]?.checked);
        if (read.length > typesMax) {
            warning.textContent = t("filter.tooMany", { number: typesMax });
            return null;
        }
        return { [name]: read.length === values.length && name === "status" ? [] : read };
    } };
}

/**
 * @param {View} view
 * @returns {Fields}
 */
function dateFields(view) {
    const ends = intervalEnds(view.datetime);
    const from = dateInput(toLocalInput(ends.from));
    const to = dateInput(toLocalInput(ends.to));
    const warning = make("p", { class: "warning", role: "alert" });
    const quick = [["filter.lastHour", 1], ["filter.lastDay", 24], ["filter.lastWeek", 168]];
    const element = make("div", { class: "stack" },
        make("div", { class: "quick" }, ...quick.map(([key, hours]) => make("button", {
            class: "button small", type: "button",
            text: t(/** @type {import("./words.js").Key} */ (key)),
            on: { click: () => {
                from.value = toLocalInput(new Date(Date.now() - Number(hours) * 3_600_000).toISOString());
                to.value = "";
            } } }))),
        labelled(t("filter.from"), from), labelled(t("filter.to"), to), warning);
    return { element, read: () => {
        if (from.value && to.value && from.value > to.value) {
            warning.textContent = t("filter.order");
            return null;
        }
        return { datetime: makeInterval(fromLocalInput(from.value), fromLocalInput(to.value)) };
    } };
}

/** @param {string} value */
function dateInput(value) {
    return make("input", { type: "datetime-local", class: "input", value, id: freshId() });
}

/**
 * @param {string} label
 * @param {HTMLElement} input
 */
export function labelled(label, input) {
    return make("div", { class: "field" }, make("label", { for: input.id, text: label }), input);
}

/**
 * The types' names for a chip, a number for many.
 * @param {string[]} values
 */
export function valuesWords(values) {
    return values.length > 3 ? `${values.slice(0, 2).join(", ")} +${number(values.length - 2)}`
        : values.join(", ");
}

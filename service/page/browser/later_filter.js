// SPDX-License-Identifier: Apache-2.0
// Filter a column by value: the states, the types that there are, an interval of moments, how long
// it took.
import { unfiltered } from "./columns.js";
import { fromLocalInput, toLocalInput } from "./dates.js";
import { openDialog } from "./dialog.js";
import { foreign, freshId, labelled, make } from "./dom.js";
import { quick, withinWords } from "./filter_words.js";
import { icon } from "./icons.js";
import { problemWords } from "./problem.js";
import { intervalEnds, isRelative, makeInterval, shortened, statuses } from "./view_state.js";
import { t } from "./words.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./view_state.js").View} View */
/** @typedef {{element: Element, read: () => Partial<View> | null}} Fields null: not good yet */

const typesMax = 32; // as the API has it, as the next
const secondsMax = 2_147_483_647;

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
        on: { click: () => finish(unfiltered(column)) } });
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
 * @param {View} view
 * @param {() => Promise<string[]>} types
 * @param {Element} place says what is awaited, or why there is nothing
 * @returns {Promise<Fields | null>}
 */
async function fieldsFor(column, view, types, place) {
    if (column.filter === "dates")
        return dateFields(/** @type {"created"} */ (column.name), view);
    if (column.filter === "creator")
        return creatorFields(view);
    if (column.filter === "duration")
        return durationFields(view);
    if (column.name === "status")
        return choices(statuses, view.status, (value) => {
            const status = /** @type {import("./job.js").Job["status"]} */ (value);
            return make("span", { class: `status kind-${status}` }, icon(status), t(`status.${status}`));
        }, "status");
    place.replaceChildren(t("page.loading"));
    try {
        const all = [...new Set([...await types(), ...view.processID])].sort((a, b) => a.localeCompare(b));
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
function creatorFields(view) {
    const input = make("input", { class: "input", id: freshId(), maxlength: "255", autocomplete: "off",
        spellcheck: "false", value: view.creator === "me" ? "" : view.creator });
    return { element: make("div", { class: "stack" }, labelled(t("filter.creator"), input),
        make("p", { class: "hint", text: t("filter.creator.long") })),
    read: () => ({ creator: shortened(input.value.trim(), 255) }) };
}

/**
 * @param {"created" | "started" | "finished" | "updated"} name
 * @param {View} view
 * @returns {Fields}
 */
function dateFields(name, view) {
    const chosen = isRelative(view[name]) ? view[name] : "";
    const ends = intervalEnds(chosen ? "" : view[name]);
    const from = dateInput(toLocalInput(ends.from));
    const to = dateInput(toLocalInput(ends.to));
    const warning = make("p", { class: "warning", role: "alert" });
    const own = quick.some(([, within]) => within === chosen) ? [] : [chosen];
    const choices = [...quick.map(([, within]) => within), ...own.filter(Boolean)];
    const boxes = choices.map((within) => make("input", { type: "radio", name: "within", value: within,
        checked: chosen === within }));
    const fixed = make("input", { type: "radio", name: "within", value: "", checked: !chosen });
    const element = make("div", { class: "stack" },
        ...boxes.map((box) => make("label", { class: "choice" }, box, withinWords(box.value))),
        make("label", { class: "choice" }, fixed, t("filter.fixed")),
        labelled(t("filter.from"), from), labelled(t("filter.to"), to), warning);
    for (const input of [from, to])
        input.addEventListener("input", () => { fixed.checked = true; });
    return { element, read: () => {
        const within = boxes.find((box) => box.checked)?.value ?? "";
        if (within)
            return { [name]: within };
        if (from.value && to.value && from.value > to.value) {
            warning.textContent = t("filter.order");
            return null;
        }
        return { [name]: makeInterval(fromLocalInput(from.value), fromLocalInput(to.value)) };
    } };
}

/** @param {string} value */
function dateInput(value) {
    return make("input", { type: "datetime-local", class: "input", value, id: freshId() });
}

/** @type {[import("./words.js").Key, number][]} */
const units = [["unit.seconds", 1], ["unit.minutes", 60], ["unit.hours", 3600], ["unit.days", 86_400]];

/**
 * @param {View} view
 * @returns {Fields}
 */
function durationFields(view) {
    const least = secondsField(t("filter.least"), view.minDuration);
    const most = secondsField(t("filter.most"), view.maxDuration);
    const warning = make("p", { class: "warning", role: "alert" });
    return { element: make("div", { class: "stack" }, least.element, most.element, warning),
        read: () => {
            const [minDuration, maxDuration] = [least.read(), most.read()];
            if (minDuration !== null && maxDuration !== null && minDuration > maxDuration) {
                warning.textContent = t("filter.mostOrder");
                return null;
            }
            return { minDuration, maxDuration };
        } };
}

/**
 * A number and its unit: the largest of which it is a whole number.
 * @param {string} label
 * @param {number | null} seconds
 * @returns {{element: Element, read: () => number | null}}
 */
function secondsField(label, seconds) {
    const [, size] = units.findLast(([, each]) => seconds && seconds % each === 0) ?? ["", seconds === null ? 60 : 1];
    const input = make("input", { type: "number", class: "input", min: "0", step: "any", id: freshId(),
        value: seconds === null ? "" : String(seconds / size) });
    const unit = make("select", { class: "input", "aria-label": t("filter.unit", { name: label }) },
        ...units.map(([key, each]) => make("option", { value: each, selected: each === size, text: t(key) })));
    return { element: labelled(label, make("div", { class: "amount" }, input, unit), input),
        read: () => input.value === "" ? null
            : Math.min(Math.round(Number(input.value) * Number(unit.value)), secondsMax) };
}

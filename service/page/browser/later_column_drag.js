// SPDX-License-Identifier: Apache-2.0
// Columns moved and sized, by the pointer, whose button is down, or by keys. Escape leaves all as it
// was.
import { announce } from "./announce.js";
import { movedTo, widthMax, widthMin } from "./columns.js";
import { make, setAttribute } from "./dom.js";
import { prefer, preferences } from "./preferences.js";
import { number, t } from "./words.js";

/** @typedef {import("./columns.js").ColumnName} ColumnName */
/** @typedef {import("./table.js").Table} Table */

const stepPx = 8;

/**
 * Follows the pointer until it is let go.
 * @param {(event: PointerEvent) => void} moved
 * @param {(isLetGo: boolean) => void} ended false: it is not to count
 */
function follow(moved, ended) {
    const ending = new AbortController();
    const { signal } = ending;
    const root = document.documentElement;
    const end = (/** @type {boolean} */ isLetGo) => {
        ending.abort();
        root.classList.remove("dragging");
        ended(isLetGo);
    };
    root.classList.add("dragging");
    document.addEventListener("pointermove", (event) => event.buttons ? moved(event) : end(false), { signal });
    document.addEventListener("pointerup", () => {
        // What is under it is not pressed.
        const swallow = (/** @type {Event} */ event) => event.stopPropagation();
        document.addEventListener("click", swallow, { capture: true, once: true });
        setTimeout(() => document.removeEventListener("click", swallow, true));
        end(true);
    }, { signal });
    document.addEventListener("pointercancel", () => end(false), { signal });
    document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape")
            return;
        event.preventDefault();
        end(false);
    }, { signal, capture: true });
}

/**
 * @param {ColumnName} name
 * @param {Table} table
 * @param {(names: string[]) => void} show
 */
export function moveByPointer(name, table, show) {
    const names = (table.columns ?? []).map((column) => column.name);
    const heads = names.map((each) => table.headOf(each));
    const mark = make("div", { class: "drop-mark", hidden: true });
    document.body.append(mark);
    let place = names.indexOf(name);
    follow(({ clientX }) => {
        const edges = heads.map((head) => head?.getBoundingClientRect() ?? new DOMRect());
        // Where it would stand among the others.
        place = edges.filter(({ left, width }, i) => names[i] !== name && left + width / 2 < clientX).length;
        const behind = edges.filter((_, i) => names[i] !== name);
        const at = behind[place]?.left ?? behind.at(-1)?.right ?? 0;
        const { top, bottom } = table.element.parentElement?.getBoundingClientRect() ?? new DOMRect();
        mark.style.transform = `translate(${at}px, ${top}px)`;
        mark.style.height = `${bottom - top}px`;
        mark.hidden = false;
    }, (isLetGo) => {
        mark.remove();
        if (isLetGo && names[place] !== name)
            show(movedTo(names, name, place));
    });
}

/**
 * @param {ColumnName} name
 * @param {number | null} px null: its own again
 */
function widthsWith(name, px) {
    const widths = { ...preferences().widths };
    if (px === null)
        delete widths[name];
    else
        widths[name] = Math.round(Math.min(Math.max(px, widthMin), widthMax));
    return widths;
}

/**
 * @param {ColumnName} name
 * @param {Table} table
 * @param {number} fromX where the pointer was
 */
export function sizeByPointer(name, table, fromX) {
    const before = table.headOf(name)?.offsetWidth ?? 0;
    let widths = preferences().widths ?? {};
    follow(({ clientX }) => {
        widths = widthsWith(name, before + clientX - fromX);
        table.sizeColumns(widths);
    }, (isLetGo) => {
        if (isLetGo)
            prefer({ widths });
        table.sizeColumns();
    });
}

/**
 * @param {ColumnName} name
 * @param {Table} table
 */
export function forgetWidth(name, table) {
    prefer({ widths: widthsWith(name, null) });
    table.sizeColumns();
}

/**
 * The edge of the head takes keys until it loses the focus.
 * @param {ColumnName} name
 * @param {Table} table
 */
export function sizeByKeys(name, table) {
    const head = table.headOf(name);
    const edge = head?.querySelector(".sizer");
    if (!head || !(edge instanceof HTMLElement))
        return;
    const given = { role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-hidden": null,
        "aria-label": t("columns.width", { name: t(`column.${name}`) }),
        "aria-valuemin": widthMin, "aria-valuemax": widthMax };
    for (const [attribute, value] of Object.entries(given))
        setAttribute(edge, attribute, value);
    const ending = new AbortController();
    const tell = () => setAttribute(edge, "aria-valuenow", head.offsetWidth);
    edge.addEventListener("keydown", (event) => {
        const step = (event.shiftKey ? 5 : 1) * stepPx;
        const wished = { ArrowLeft: head.offsetWidth - step, ArrowRight: head.offsetWidth + step,
            Home: widthMin, End: widthMax, Delete: null }[event.key];
        if (event.key === "Enter" || event.key === "Escape")
            /** @type {HTMLElement | null} */ (head.querySelector("[data-column-menu]"))?.focus();
        else if (wished === undefined)
            return;
        else
            prefer({ widths: widthsWith(name, wished) });
        event.preventDefault();
        event.stopPropagation();
        table.sizeColumns();
        tell();
    }, { signal: ending.signal });
    edge.addEventListener("blur", () => {
        ending.abort();
        for (const attribute of [...Object.keys(given), "aria-valuenow"])
            edge.removeAttribute(attribute);
        setAttribute(edge, "aria-hidden", "true");
    }, { once: true });
    tell();
    edge.focus();
    announce(t("columns.width.keys", { number: number(head.offsetWidth) }));
}

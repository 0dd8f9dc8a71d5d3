// SPDX-License-Identifier: Apache-2.0
// A modal dialog: the browser keeps the focus in it, Esc and a click beside it close it, and the
// focus goes back to where it came from.
import { append, freshId, make } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {object} DialogOptions
 * @property {string} title
 * @property {string} closeWord
 * @property {string} [names] more classes: "side" is a panel at the edge, "small" a narrow one
 * @property {boolean} [stays] a click beside it does not close it
 * @property {() => void} [closed]
 */

/**
 * Opens it.
 * @param {DialogOptions} options
 * @param {...import("./dom.js").Child} content
 */
export function openDialog(options, ...content) {
    const titleId = freshId();
    const back = document.activeElement;
    const dialog = make("dialog", { class: `dialog ${options.names ?? ""}`, "aria-labelledby": titleId });
    const close = make("button", { class: "icon-button", type: "button",
        "aria-label": options.closeWord, title: options.closeWord,
        on: { click: () => dialog.close() } }, icon("close"));
    const head = make("div", { class: "dialog-head" },
        make("h2", { id: titleId, text: options.title, tabindex: "-1" }));
    append(head, close);
    append(dialog, head, ...content);
    dialog.addEventListener("close", () => {
        dialog.remove();
        options.closed?.();
        giveBack(back);
    });
    dialog.addEventListener("mousedown", (event) => {
        if (event.target === dialog && !options.stays && isOutside(dialog, event))
            dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
    return { dialog, head };
}

/**
 * @param {Element} dialog
 * @param {MouseEvent} event
 */
function isOutside(dialog, event) {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return event.clientX < left || event.clientX > right || event.clientY < top ||
        event.clientY > bottom;
}

/**
 * The browser has done so, unless the dialog was opened from a menu that went away; and by now the
 * focus may have moved on.
 * @param {Element | null} target
 */
function giveBack(target) {
    if (target instanceof HTMLElement && target.isConnected && document.activeElement === document.body)
        target.focus();
}

/** Whether one is open. */
export function isDialogOpen() {
    return document.querySelector("dialog[open]") !== null;
}

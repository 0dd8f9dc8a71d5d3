// SPDX-License-Identifier: Apache-2.0
// A menu that hangs on a button: arrow keys, Home, End and first letters move, Enter chooses, Esc
// and Tab close. An item that is not to be chosen stays reachable and says why.
import { freshId, make, setAttribute } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {object} Item
 * @property {string} [label] absent: a line between groups
 * @property {string} [icon]
 * @property {string} [group] a heading over the items that follow; nothing to choose
 * @property {boolean} [checked] one of a group to choose from
 * @property {string} [whyNot] it cannot be chosen, for that reason
 * @property {boolean} [danger]
 * @property {string} [href] it leads there, in a new tab
 * @property {() => void} [choose]
 */

/** @type {{close: (keepsFocus?: boolean) => void, button: Element} | null} */
let open = null;

/** Closes the menu that is open, if any. */
export function closeMenu() {
    open?.close();
}

/** Whether one is open. */
export function isMenuOpen() {
    return open !== null;
}

/**
 * A second press of the same button closes it again.
 * @param {HTMLElement} button
 * @param {string} label
 * @param {Item[]} items
 */
export function openMenu(button, label, items) {
    const again = open?.button === button;
    closeMenu();
    if (again)
        return;
    const menu = make("div", { class: "menu", role: "menu", "aria-label": label, id: freshId() });
    const close = (keepsFocus = false) => {
        open = null;
        menu.remove();
        setAttribute(button, "aria-expanded", "false");
        document.removeEventListener("pointerdown", away, true);
        window.removeEventListener("resize", closeMenu);
        document.removeEventListener("scroll", scrolled, true);
        if (!keepsFocus && button.isConnected)
            button.focus();
    };
    /** @param {Event} event */
    const away = (event) => {
        if (event.target instanceof Node && !menu.contains(event.target) && !button.contains(event.target))
            close(true);
    };
    const { top, left } = button.getBoundingClientRect();
    /** What it hangs on moved away under it. */
    const scrolled = () => {
        const now = button.getBoundingClientRect();
        if (now.top !== top || now.left !== left)
            close(true);
    };
    menu.append(...items.map((item) => itemElement(item, close)));
    menu.addEventListener("keydown", (event) => moveByKey(event, menu, close));
    (button.closest("dialog, main, header") ?? document.body).append(menu);
    setAttribute(button, "aria-expanded", "true");
    place(menu, button);
    focusables(menu)[0]?.focus();
    document.addEventListener("pointerdown", away, true);
    document.addEventListener("scroll", scrolled, true);
    window.addEventListener("resize", closeMenu);
    open = { close, button };
}

/**
 * @param {Item} item
 * @param {(keepsFocus?: boolean) => void} close
 */
function itemElement(item, close) {
    if (item.group)
        return make("div", { class: "menu-group", role: "presentation", text: item.group });
    if (!item.label)
        return make("div", { class: "menu-line", role: "separator" });
    if (item.href)
        return make("a", { class: "menu-item", role: "menuitem", tabindex: "-1", href: item.href,
            target: "_blank", rel: "noopener noreferrer", on: { click: () => close() } },
        icon(item.icon ?? "none"), make("span", { text: item.label }));
    const isChoice = item.checked !== undefined;
    return make("div", {
        class: `menu-item${item.danger ? " danger" : ""}`,
        role: isChoice ? "menuitemradio" : "menuitem",
        tabindex: "-1",
        "aria-checked": isChoice ? String(item.checked) : undefined,
        "aria-disabled": item.whyNot ? "true" : undefined,
        on: { click: () => {
            if (item.whyNot)
                return;
            close();
            item.choose?.();
        } },
    }, icon(isChoice ? item.checked ? "check" : "none" : item.icon ?? "none"),
    make("span", {}, make("span", { text: item.label }),
        item.whyNot ? make("span", { class: "menu-why", text: item.whyNot }) : null));
}

/**
 * @param {Element} menu
 * @returns {HTMLElement[]}
 */
function focusables(menu) {
    return [.../** @type {NodeListOf<HTMLElement>} */ (menu.querySelectorAll(".menu-item"))];
}

/**
 * @param {KeyboardEvent} event
 * @param {Element} menu
 * @param {(keepsFocus?: boolean) => void} close
 */
function moveByKey(event, menu, close) {
    const items = focusables(menu);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const target = targetOf(event.key, items, at);
    if (target)
        target.focus();
    else if (event.key === "Enter" || event.key === " ")
        items[at]?.click();
    else if (event.key === "Escape" || event.key === "Tab")
        close();
    else
        return;
    event.preventDefault();
    event.stopPropagation();
}

/**
 * @param {string} key
 * @param {HTMLElement[]} items
 * @param {number} at
 */
function targetOf(key, items, at) {
    switch (key) {
    case "ArrowDown":
        return items[(at + 1) % items.length];
    case "ArrowUp":
        return items[(at + items.length - 1) % items.length];
    case "Home":
        return items[0];
    case "End":
        return items[items.length - 1];
    default:
        return key.length === 1 && key !== " " ? startingWith(key, items, at) : undefined;
    }
}

/**
 * @param {string} letter
 * @param {HTMLElement[]} items
 * @param {number} at
 */
function startingWith(letter, items, at) {
    return [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) =>
        item.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase()));
}

/**
 * Below the button, or above where there is more room; never outside of the window.
 * @param {HTMLElement} menu
 * @param {Element} button
 */
function place(menu, button) {
    const at = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = menu;
    const below = window.innerHeight - at.bottom - 8;
    const top = height <= below || below > at.top ? at.bottom + 4 : Math.max(8, at.top - height - 4);
    const room = below > at.top || height <= below ? below : at.top - 12;
    const left = Math.min(Math.max(8, at.right - width), window.innerWidth - width - 8);
    menu.style.top = `${top}px`;
    menu.style.left = `${Math.max(8, left)}px`;
    menu.style.maxHeight = `${room}px`;
}

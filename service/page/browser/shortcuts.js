// SPDX-License-Identifier: Apache-2.0
// Shortcuts of a single key, their help, and the choice to do without them (they get in the way
// of speech input). None works while something is typed, or a menu or dialog is open.
import { openDialog, isDialogOpen } from "./dialog.js";
import { make } from "./dom.js";
import { isMenuOpen } from "./menu.js";
import { prefer, preferences } from "./preferences.js";
import { t } from "./words.js";

/** @typedef {"search" | "down" | "up" | "menu" | "error" | "cancel" | "show" | "refresh" | "pause" | "previous" | "next"} Command */

/** @type {[Command | "help" | "open" | "choose" | "escape", string[]][]} as the help lists them */
const keys = [["search", ["/"]], ["down", ["j", "↓"]], ["up", ["k", "↑"]], ["open", ["Enter"]],
    ["choose", [" "]], ["menu", ["m"]], ["error", ["e"]], ["cancel", ["c"]], ["show", ["n"]], ["refresh", ["r"]],
    ["pause", ["p"]], ["previous", ["["]], ["next", ["]"]], ["help", ["?"]], ["escape", ["Esc"]]];

/**
 * @param {Record<Command, () => void>} commands
 * @returns {() => void} ends it
 */
export function listenForShortcuts(commands) {
    /** @param {KeyboardEvent} event */
    const listener = (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
            return;
        if (isDialogOpen() || isMenuOpen())
            return;
        const [name] = keys.find(([, pressed]) => pressed.includes(event.key)) ?? [];
        if (name === "help") {
            event.preventDefault();
            openShortcutHelp();
        } else if (name && name in commands && preferences().keys !== false && event.key.length === 1) {
            event.preventDefault();
            commands[/** @type {Command} */ (name)]();
        }
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
}

/** @param {EventTarget | null} target */
function isTyping(target) {
    return target instanceof HTMLElement &&
        (target.isContentEditable || target.matches("input:not([type=checkbox]), select, textarea"));
}

/** What each key does. */
export function openShortcutHelp() {
    const box = make("input", { type: "checkbox", checked: preferences().keys !== false,
        on: { change: () => prefer({ keys: box.checked }) } });
    openDialog({ title: t("keys.title"), closeWord: t("keys.close") },
        make("div", { class: "dialog-body stack" },
            make("dl", { class: "keys" }, ...keys.flatMap(([name, pressed]) => [
                make("dt", {}, ...pressed.flatMap((key, i) => [i ? ` ${t("keys.or")} ` : null,
                    make("kbd", { text: key === " " ? t("keys.space") : key })])),
                make("dd", { text: t(`keys.${name}`) })])),
            make("p", { class: "hint", text: t("keys.everything") }),
            make("label", { class: "choice" }, box, t("keys.toggle"))));
}

// SPDX-License-Identifier: Apache-2.0
// The head of the page: where one is, settings, and who one is.
import { make } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { prefer, preferences } from "./preferences.js";
import { openShortcutHelp } from "./shortcuts.js";
import { language, languageName, languages, t } from "./words.js";

/**
 * @typedef {object} TopBarOptions
 * @property {string} organization
 * @property {{name: string, role: string | null, signOut: () => void} | null} member null: nobody is signed in
 * @property {() => void} signIn
 * @property {() => void} changed a setting was
 */

/** @param {TopBarOptions} options */
export function topBar({ organization, member, signIn, changed }) {
    const settings = make("button", { class: "icon-button", type: "button", "aria-haspopup": "menu",
        "aria-expanded": "false", "aria-label": t("settings.title"), title: t("settings.title"),
        "data-name": "settings",
        on: { click: () => openMenu(settings, t("settings.title"), settingItems(changed)) } },
    icon("settings"));
    return make("header", { class: "top" },
        make("h1", {}, t("page.title")),
        make("bdi", { class: "organization cut", text: organization, title: organization }),
        make("span", { class: "grow" }), settings,
        member ? memberButton(member) : make("button", { class: "button", type: "button",
            text: t("member.signIn"), on: { click: signIn } }));
}

/** @param {NonNullable<TopBarOptions["member"]>} member */
function memberButton({ name, role, signOut }) {
    const words = role === "Administrator" || role === "Manager" ? t(`member.role.${role}`) : "";
    const button = make("button", { class: "button member", type: "button", "aria-haspopup": "menu",
        "aria-expanded": "false", "data-name": "member",
        "aria-label": t("member.menu", { name }), title: t("member.menu", { name }),
        on: { click: () => openMenu(button, t("member.menu", { name }), [
            { group: words ? `${name} · ${words}` : name },
            { label: t("member.signOut"), choose: signOut }]) } },
    icon("person"), make("bdi", { class: "cut", text: name }));
    return button;
}

/**
 * @param {() => void} changed
 * @returns {import("./menu.js").Item[]}
 */
export function settingItems(changed) {
    /** @param {import("./preferences.js").Preferences} change */
    const choose = (change) => () => {
        prefer(change);
        changed();
    };
    const { dates = "relative", theme } = preferences();
    return [
        { group: t("settings.language") },
        ...languages.map((code) => ({ label: languageName(code), checked: language() === code,
            choose: choose({ language: code }) })),
        { group: t("settings.dates") },
        { label: t("settings.relative"), checked: dates === "relative", choose: choose({ dates: "relative" }) },
        { label: t("settings.absolute"), checked: dates === "absolute", choose: choose({ dates: "absolute" }) },
        { group: t("settings.theme") },
        { label: t("settings.system"), checked: !theme, choose: choose({ theme: undefined }) },
        { label: t("settings.light"), checked: theme === "light", choose: choose({ theme: "light" }) },
        { label: t("settings.dark"), checked: theme === "dark", choose: choose({ theme: "dark" }) },
        {},
        { label: t("settings.keys"), icon: "keyboard", choose: openShortcutHelp },
    ];
}

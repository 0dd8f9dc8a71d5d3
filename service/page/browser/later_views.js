// SPDX-License-Identifier: Apache-2.0
// The views that were saved: a menu to open one, and dialogs to save this one, and to rename, send and
// delete them.
import { notify } from "./announce.js";
import { openDialog } from "./dialog.js";
import { freshId, labelled, make, setText, visible } from "./dom.js";
import { leavesOut, nameMax, openedView, SavedViews, viewsMax } from "./later_saved_views.js";
import { openMenu } from "./menu.js";
import { copy } from "./row_menu.js";
import { formatView, parseView } from "./view_state.js";
import { t } from "./words.js";

/** @typedef {import("./view_state.js").View} View */
/** @typedef {import("./later_saved_views.js").Failure} Failure */

/**
 * @typedef {object} ViewsActions
 * @property {string} organization
 * @property {View} view as it is to be kept
 * @property {string} name of the one that was opened last, or empty
 * @property {boolean} isPlain the address asks for nothing
 * @property {(view: View, name: string) => void} show
 * @property {(name: string) => void} keep what is shown has this name from now on
 */

/**
 * @param {HTMLElement} button
 * @param {ViewsActions} actions
 */
export function openViewsMenu(button, actions) {
    const { view, name: last, show, isPlain } = actions;
    const saved = new SavedViews(actions.organization);
    const views = saved.list();
    const shown = formatView(view);
    const opened = openedView(views, { view, name: last, isPlain });
    openMenu(button, t("views.title"), [
        ...views.map(({ name, address }) => ({ label: visible(name),
            checked: name === opened?.name && !opened.isChanged,
            choose: () => {
                show(parseView(address), name);
                if (leavesOut(address))
                    notify(t("views.leftOut"));
            } })),
        ...views.length ? [{}] : [],
        ...opened?.isChanged ? [{ label: t("views.update", { name: visible(last) }), icon: "saved",
            choose: () => update(saved, last, shown, actions) }] : [],
        { label: t(opened ? "views.saveNew" : "views.save"), icon: "saved",
            whyNot: saved.isRefused ? t("views.refused") : undefined, choose: () => openSave(saved, shown, actions) },
        { label: t("views.manage"), icon: "settings", whyNot: views.length ? undefined : t("views.none"),
            choose: () => openManage(saved, actions) },
    ]);
}

/**
 * @param {SavedViews} saved
 * @param {string} name
 * @param {string} address
 * @param {ViewsActions} actions
 */
function update(saved, name, address, actions) {
    const failure = saved.save(name, address);
    notify(failure ? failureWords(failure) : t("views.saved", { name: visible(name) }));
    actions.keep(name);
}

/**
 * @param {Failure} failure
 */
function failureWords(failure) {
    return failure === "many" ? t("views.many", { number: viewsMax }) : t(`views.${failure}`);
}

/** @param {string} address */
function copyAddress(address) {
    void copy(new URL(address, location.href).href, t("copy.link"));
}

/**
 * @param {SavedViews} saved
 * @param {string} address
 * @param {ViewsActions} actions
 */
function openSave(saved, address, actions) {
    const input = make("input", { class: "input", id: freshId(), maxlength: nameMax, autocomplete: "off" });
    const warning = make("p", { class: "warning", role: "alert" });
    const save = make("button", { class: "button primary", type: "submit", text: t("views.confirm") });
    let replaces = "";
    const form = make("form", { class: "form", method: "dialog", on: { submit: (event) => {
        event.preventDefault();
        const name = input.value.trim();
        const isThere = saved.list().some((each) => each.name === name);
        if (!name || (isThere && replaces !== name)) {
            replaces = name;
            setText(warning, t(name ? "views.isThere" : "views.noName"));
            setText(save, t(name ? "views.replace" : "views.confirm"));
            return;
        }
        const failure = saved.save(name, address);
        if (failure) {
            setText(warning, failureWords(failure));
            return;
        }
        dialog.close();
        actions.keep(name);
        notify(t("views.saved", { name: visible(name) }));
    } } },
    make("div", { class: "dialog-body stack" }, labelled(t("views.name"), input),
        make("p", { class: "hint", text: t("views.explained") }), warning),
    make("div", { class: "dialog-foot" },
        make("button", { class: "button", type: "button", text: t("row.copyLink"),
            on: { click: () => copyAddress(address) } }), save));
    const { dialog } = openDialog({ title: t("views.save.title"), closeWord: t("cancel.close"), names: "small" }, form);
    input.addEventListener("input", () => {
        setText(warning, "");
        setText(save, t("views.confirm"));
        replaces = "";
    });
    input.focus();
}

/**
 * @param {SavedViews} saved
 * @param {ViewsActions} actions
 */
function openManage(saved, actions) {
    let { name: last } = actions;
    const warning = make("p", { class: "warning", role: "alert" });
    const list = make("ol", { class: "stack" }, ...saved.list().map(({ name, address }) =>
        manageLine(saved, name, address, (failure) => setText(warning, failure), (before, now) => {
            last = last === before ? now : last;
            actions.keep(last);
        })));
    const done = make("button", { class: "button primary", type: "button", text: t("columns.done"),
        on: { click: () => dialog.close() } });
    const { dialog } = openDialog({ title: t("views.manage.title"), closeWord: t("columns.done") },
        make("div", { class: "dialog-body stack" }, make("p", { class: "hint", text: t("views.explained") }),
            list, warning), make("div", { class: "dialog-foot" }, done));
    list.querySelector("input")?.focus();
}

/**
 * @param {SavedViews} saved
 * @param {string} name
 * @param {string} address
 * @param {(warning: string) => void} warn
 * @param {(before: string, now: string) => void} changed
 */
function manageLine(saved, name, address, warn, changed) {
    const input = make("input", { class: "input", maxlength: nameMax, autocomplete: "off",
        "aria-label": t("views.nameOf", { name: visible(name) }), value: name });
    input.addEventListener("change", () => {
        const other = input.value.trim();
        if (other === name)
            return;
        const isThere = saved.list().some((each) => each.name === other);
        const failure = !other ? t("views.noName") : isThere ? t("views.isThere.other") : "";
        const refused = failure ? null : saved.rename(name, other);
        warn(failure || (refused ? failureWords(refused) : ""));
        if (failure || refused) {
            input.value = name;
            return;
        }
        changed(name, other);
        name = other;
    });
    const send = make("button", { class: "button", type: "button", text: t("row.copyLink"),
        on: { click: () => copyAddress(address) } });
    let isThere = true;
    const remove = make("button", { class: "button", type: "button", text: t("views.delete"), on: { click: () => {
        const failure = isThere ? saved.remove(name) : saved.save(name, address);
        warn(failure ? failureWords(failure) : "");
        if (failure)
            return;
        isThere = !isThere;
        changed(name, name);
        input.disabled = send.disabled = !isThere;
        setText(remove, t(isThere ? "views.delete" : "views.putBack"));
    } } });
    return make("li", { class: "saved-view" }, input, send, remove);
}

// SPDX-License-Identifier: Apache-2.0
// Tells a screen reader politely what changed, and everybody by a short notice at the foot.
import { make, setAttribute } from "./dom.js";

const noticeMs = 7000;

/** Said again, the same words would not be heard: two places take turns. */
const places = [place(), place()];
const notice = make("div", { class: "notice", hidden: true });
let turn = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

function place() {
    return make("div", { class: "unseen", role: "status", "aria-live": "polite" });
}

/** @param {Element} root to hold the places, once */
export function placeAnnouncements(root) {
    root.append(...places, notice);
}

/** @param {string} text */
export function announce(text) {
    places[turn]?.replaceChildren();
    turn = 1 - turn;
    places[turn]?.replaceChildren(text);
}

/**
 * Shows it for a while, and announces it.
 * @param {string} text
 * @param {string} [whole] what is shortened in it, said on demand
 */
export function notify(text, whole) {
    announce(text);
    setAttribute(notice, "title", whole);
    // An open dialog lies over everything else: the notice must be in it to be seen.
    const over = [...document.querySelectorAll("dialog[open]")].pop();
    (over ?? document.body).append(notice);
    notice.textContent = text;
    notice.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
        notice.hidden = true;
    }, noticeMs);
}

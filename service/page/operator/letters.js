// SPDX-License-Identifier: Apache-2.0
// The operators' page: dead letters of all organisations. The secret stays in the page's memory. What
// letters hold was written by anybody: it only ever becomes text.
import { chooseLanguage, wordsOf } from "./words.js";

const language = chooseLanguage(navigator.languages);
const words = wordsOf(language);
const dates = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "medium" });
const LIMIT = 200;
const facts = /** @type {(keyof typeof words.facts)[]} */ (Object.keys(words.facts));

/**
 * As operators' listener tells it; what is absent is not known, or was not there.
 *
 * @typedef {{name?: string, nameHex: string, value?: string, valueHex?: string}} Header
 * @typedef {{id: number, reason: string, topic: string, partition: number, offset: number, created: string,
 *     message: string} & Record<string, unknown>} Letter
 */

let secret = "";

/**
 * @param {string} tag
 * @param {Record<string, string | (() => void)>} attributes
 * @param {(Node | string)[]} children
 */
function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
        if (typeof value === "function") element.addEventListener(name, value);
        else element.setAttribute(name, value);
    element.append(...children);
    return element;
}

const told = make("p", { class: "told", role: "status" });
const rows = make("tbody", {});
const table = make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": words.title, hidden: "" },
    make("table", { class: "letters" },
        make("thead", {}, make("tr", {},
            ...Object.values(words.columns).map((name) => make("th", { scope: "col" }, name)),
            make("th", { scope: "col", class: "actions" }, words.actions))),
        rows));
const topic = field(words.topic, "text");
const reason = field(words.reason, "text");
const password = field(words.secret, "password");
const signIn = bar([password.label, submit(words.signIn)], () => {
    secret = password.input.value;
    password.input.value = "";
    list();
});
const filters = bar([topic.label, reason.label, submit(words.show),
    make("button", { type: "button", class: "button", click: signOut }, words.signOut)], () => list());
filters.hidden = true;

/** @param {string} name @param {string} type */
function field(name, type) {
    const input = /** @type {HTMLInputElement} */ (make("input", { type, autocomplete: "off", spellcheck: "false" }));
    return { input, label: make("label", {}, name, input) };
}

/** @param {string} name */
function submit(name) {
    return make("button", { type: "submit", class: "button primary" }, name);
}

/** @param {Node[]} children @param {() => void} act */
function bar(children, act) {
    const form = make("form", { class: "bar" }, ...children);
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        act();
    });
    return form;
}

/** @param {string} text */
function tell(text, isBad = false) {
    told.textContent = text;
    told.classList.toggle("bad", isBad);
}

function signOut() {
    secret = "";
    rows.replaceChildren();
    table.hidden = filters.hidden = true;
    signIn.hidden = false;
    tell("");
    password.input.focus();
}

/**
 * The answer's status and body; null: it was told why there is none.
 *
 * @param {string} method
 * @param {string} path
 */
async function ask(method, path) {
    try {
        const answer = await fetch(path, { method, headers: { authorization: `Bearer ${secret}` } });
        const body = await answer.json();
        if (answer.status === 200 || answer.status === 409) return { status: answer.status, body };
        if (answer.status === 401) signOut();
        tell(answer.status === 401 ? words.refused
            : answer.status === 404 ? words.gone : words.failed(body.detail ?? body.title), true);
    } catch {
        tell(words.away, true);
    }
    return null;
}

async function list(silently = false) {
    const query = new URLSearchParams({ limit: String(LIMIT) });
    if (topic.input.value) query.set("topic", topic.input.value);
    if (reason.input.value) query.set("reason", reason.input.value);
    const answer = await ask("GET", `/dead-letters?${query}`);
    if (!answer) return;
    const letters = answer.body.deadLetters;
    signIn.hidden = true;
    filters.hidden = false;
    table.hidden = letters.length === 0;
    rows.replaceChildren(...letters.map(row));
    if (!silently) tell(letters.length === 0 ? words.none
        : (letters.length === LIMIT ? words.limited : words.shown)(letters.length));
}

/** @param {Letter} letter */
function row(letter) {
    const button = (/** @type {string} */ name, /** @type {() => void} */ act) => make("button",
        { type: "button", class: "button small", "aria-label": `${name} ${letter.id}`, click: act }, name);
    return make("tr", {},
        make("th", { scope: "row", class: "number" }, String(letter.id)),
        make("td", {}, letter.reason),
        make("td", {}, letter.topic),
        make("td", { class: "number" }, `${letter.partition}:${letter.offset}`),
        make("td", { class: "date" }, date(letter.created)),
        make("td", {}, letter.message),
        make("td", { class: "actions" },
            button(words.details, () => details(letter.id)),
            button(words.retry, () => retry(letter.id)),
            button(words.discard, () => discard(letter.id))));
}

/** @param {string} text */
function date(text) {
    return dates.format(new Date(text));
}

/**
 * Opens it, and resolves when it is closed: whether by the button that acts.
 *
 * @param {string} title
 * @param {Node} content
 * @param {string} [act]  what that button says; none: there is none
 */
function dialog(title, content, act) {
    const close = make("button", { type: "button", class: "button", click: () => box.close("") },
        act ? words.cancel : words.close);
    const buttons = act
        ? [make("button", { type: "button", class: "button danger", click: () => box.close("act") }, act), close]
        : [close];
    const box = /** @type {HTMLDialogElement} */ (make("dialog", { "aria-labelledby": "dialog-title" },
        make("h2", { id: "dialog-title" }, title), content, make("div", { class: "bar" }, ...buttons)));
    document.body.append(box);
    box.showModal();
    close.focus();
    return new Promise((resolve) => {
        box.addEventListener("close", () => {
            box.remove();
            resolve(box.returnValue === "act");
        });
    });
}

/** @param {Letter} letter @param {string} name */
function fact(letter, name) {
    const value = letter[name];
    if (name === "decoded") return JSON.stringify(value, null, 2);
    if (name === "headers")
        return /** @type {Header[]} */ (value).map((each) => `${each.name ?? each.nameHex}: ${each.value ?? each.valueHex ?? ""}`).join("\n");
    return ["created", "published", "timestamp"].includes(name) ? date(String(value)) : String(value);
}

/** @param {number} id */
async function details(id) {
    const answer = await ask("GET", `/dead-letters/${id}`);
    if (!answer) return;
    const known = facts.filter((name) => answer.body[name] !== undefined && fact(answer.body, name) !== "");
    await dialog(words.detailsOf(id), make("dl", {}, ...known.flatMap((name) =>
        [make("dt", {}, words.facts[name]), make("dd", {}, fact(answer.body, name))])));
}

/** @param {number} id */
async function retry(id) {
    const answer = await ask("POST", `/dead-letters/${id}/retry`);
    if (!answer) return;
    await list(true);
    tell(answer.body.done ? words.sent(id) : words.kept(id, answer.body.message), !answer.body.done);
}

/** @param {number} id */
async function discard(id) {
    if (!await dialog(words.discardWhich(id), make("p", {}, words.discardMeans), words.discard)) return;
    const answer = await ask("DELETE", `/dead-letters/${id}`);
    if (!answer) return;
    await list(true);
    tell(answer.body.done ? words.discarded(id) : words.kept(id, answer.body.message), !answer.body.done);
}

document.documentElement.lang = language;
document.title = words.title;
document.getElementById("app")?.append(make("main", {}, make("h1", {}, words.title), signIn, filters, told, table));
password.input.focus();

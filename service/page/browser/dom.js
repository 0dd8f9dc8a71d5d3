// SPDX-License-Identifier: Apache-2.0
// Makes elements. Texts become text nodes and nothing else: no string is ever read as markup, and
// neither handlers nor styles can be given as text.

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {{[event: string]: (event: any) => void}} Listeners */
/** @typedef {{class?: string, text?: string, on?: Listeners, [attribute: string]: unknown}} Given */

/**
 * An element with attributes (true: without a value; false, null, undefined: absent), a class,
 * listeners and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Given} [given]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, given = {}, ...children) {
    const made = document.createElement(tag);
    const { class: names, text, on, ...attributes } = given;
    if (names)
        made.className = names;
    for (const [name, value] of Object.entries(attributes))
        setAttribute(made, name, value);
    for (const [event, listener] of Object.entries(on ?? {}))
        made.addEventListener(event, listener);
    if (text !== undefined)
        made.append(text);
    append(made, ...children);
    return made;
}

/**
 * @param {Element} parent
 * @param {...Child} children
 */
export function append(parent, ...children) {
    for (const child of children)
        if (child)
            parent.append(child);
}

/**
 * @param {Element} target
 * @param {string} name
 * @param {unknown} value true: without a value; false, null, undefined: absent
 */
export function setAttribute(target, name, value) {
    if (/^on|^style$|^srcdoc$/i.test(name))
        throw new Error(`no attribute ${name} here`);
    if (value === false || value === null || value === undefined)
        target.removeAttribute(name);
    else if (target.getAttribute(name) !== String(value === true ? "" : value))
        target.setAttribute(name, value === true ? "" : String(value));
}

/**
 * Writes only what differs, so that nothing is laid out again for nothing.
 * @param {Node} target
 * @param {string} text
 */
export function setText(target, text) {
    if (target.textContent !== text)
        target.textContent = text;
}

/**
 * A text of somebody else's, kept apart from ours in its direction.
 * @param {string} text
 * @param {string} [names]
 */
export function foreign(text, names) {
    return make("bdi", { class: names, text: visible(text) });
}

/**
 * Controls, and what turns the direction of text, as their numbers: an id must not look like
 * another one.
 * @param {string} text
 */
export function visible(text) {
    return text.replace(unseen, (character, at) => isHarmless(character, text, at)
        ? character : `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`);
}

/**
 * What is long in a sentence by its beginning and end, as ids that are made one after the other begin
 * alike. Whoever shows it has the whole somewhere near.
 * @param {string} text
 * @param {number} [begin] characters that stay
 * @param {number} [end]
 */
export function shortened(text, begin = 8, end = 6) {
    const all = [...visible(text)];
    return all.length > begin + end + 4 ? `${all.slice(0, begin).join("")}…${all.slice(-end).join("")}` : all.join("");
}

const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
// Scripts in which a joiner, or its contrary, makes another word.
const scripts = ["Arabic", "Syriac", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil",
    "Telugu", "Kannada", "Malayalam", "Sinhala", "Khmer", "Myanmar"].map((name) => `\\p{sc=${name}}`).join("");
const letters = new RegExp(`[${scripts}]$`, "u");
const emoji = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;

/**
 * Blanks, and what joins emoji, or joins or parts letters, where it can be seen.
 * @param {string} character
 * @param {string} text
 * @param {number} at
 */
function isHarmless(character, text, at) {
    const before = text.slice(Math.max(at - 2, 0), at);
    const after = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
    const isLetters = letters.test(before) && letters.test(after);
    if (character === "\u200c") return isLetters;
    if (character === "\u200d") return isLetters || (emoji.test(before) && emoji.test(after));
    return character === "\t" || character === "\n";
}

/**
 * A field of a form under its name.
 * @param {string} label
 * @param {HTMLElement} content
 * @param {HTMLElement} [input] what the name belongs to, within it
 */
export function labelled(label, content, input = content) {
    return make("div", { class: "field" }, make("label", { for: input.id, text: label }), content);
}

let lastId = 0;

/** An id for what refers to it. */
export function freshId() {
    lastId += 1;
    return `n${lastId}`;
}

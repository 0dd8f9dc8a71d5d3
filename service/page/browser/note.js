// SPDX-License-Identifier: Apache-2.0
// What is to be said of a job besides its status: in a word, and in a sentence. Time alone may
// change it.
import { exact } from "./dates.js";
import { make, setAttribute, setText } from "./dom.js";
import { shownNote } from "./job.js";
import { serverClock } from "./server_clock.js";
import { t } from "./words.js";

/** @typedef {import("./job.js").Job} Job */
/** @typedef {import("./list.js").Row} Row */

/** @type {import("./job.js").Note} */
const leftNote = { word: "note.left", explained: "note.left.long" };

/** In a row; it is written only when it says something else. */
export function makeNote() {
    const element = make("span", { class: "note", hidden: true });
    let said = "";
    return { element, update: (/** @type {Row} */ { job, left }) => {
        const note = left ? leftNote : shownNote(job, serverClock.now());
        const saying = note ? `${note.word} ${job.updated}` : "";
        if (saying === said)
            return;
        said = saying;
        element.hidden = note === null;
        setText(element, note ? t(note.word) : "");
        setAttribute(element, "title", note ? explanation(note, job) : null);
    } };
}

/**
 * In full; update() as time passes.
 * @param {Job} job
 */
export function makeLongNote(job) {
    const element = make("span", { class: "note" });
    const update = () => {
        const note = shownNote(job, serverClock.now());
        element.hidden = note === null;
        setText(element, note ? `${t(note.word)}: ${explanation(note, job)}` : "");
    };
    update();
    return { element, update };
}

/**
 * @param {import("./job.js").Note} note
 * @param {Job} job
 */
function explanation({ explained }, { updated }) {
    return t(explained, { since: updated === undefined ? t("details.none") : exact(updated) });
}

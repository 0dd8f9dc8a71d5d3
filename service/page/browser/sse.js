// SPDX-License-Identifier: Apache-2.0
// Reads server-sent events (the HTML standard's text/event-stream) from text as it comes in pieces.

/** @typedef {{event: string, id: string | null, data: string}} Message */

export class SseReader {
    constructor() {
        this.rest = "";
        this.afterReturn = false;
        this.begun = false;
        /** @type {string | null} */
        this.id = null;
        this.event = "";
        /** @type {string[]} */
        this.data = [];
    }

    /**
     * @param {string} piece
     * @returns {Message[]} those that are whole by now, each with the last id that was stated
     */
    read(piece) {
        /** @type {Message[]} */
        const whole = [];
        for (const line of this.lines(piece)) {
            if (line !== "") {
                this.field(line);
                continue;
            }
            if (this.data.length)
                whole.push({ event: this.event || "message", id: this.id, data: this.data.join("\n") });
            this.event = "";
            this.data = [];
        }
        return whole;
    }

    /**
     * Lines end with CR, LF or both; the both may come in two pieces.
     * @param {string} piece
     */
    lines(piece) {
        let text = piece;
        if (this.afterReturn && text.startsWith("\n"))
            text = text.slice(1);
        if (piece)
            this.afterReturn = piece.endsWith("\r");
        if (!this.begun && text) {
            this.begun = true;
            text = text.replace(/^\ufeff/, "");
        }
        const lines = (this.rest + text).split(/\r\n|\n|\r/);
        this.rest = lines.pop() ?? "";
        return lines;
    }

    /** @param {string} line */
    field(line) {
        const colon = line.indexOf(":");
        if (colon === 0)
            return; // a comment
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "event")
            this.event = value;
        else if (name === "data")
            this.data.push(value);
        else if (name === "id" && !value.includes("\0"))
            this.id = value;
    }
}

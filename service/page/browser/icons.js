// SPDX-License-Identifier: Apache-2.0
// The icons: line drawings on a grid of 16, in the colour of their text. They say nothing to a
// screen reader: a word stands beside each, or the button has a name.

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string[]>} */
const drawings = {
    accepted: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11z", "M8 5v3l2 1.5"],
    running: ["M13.5 8a5.5 5.5 0 1 1-3-4.9"],
    successful: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11z", "M5.5 8.2l1.8 1.8l3.2-3.8"],
    failed: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11z", "M6 6l4 4", "M10 6l-4 4"],
    dismissed: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11z", "M5.5 8h5"],
    cancelling: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11z", "M6.5 6.5h3v3h-3z"],
    warning: ["M8 2.5l6 10.5h-12z", "M8 6.5v3", "M8 11.2v.1"],
    text: ["M4 2.5h5.5l2.5 2.5v8.5h-8z", "M6 7h4", "M6 9h4", "M6 11h2.5"],
    more: ["M8 3.4v.1", "M8 7.95v.1", "M8 12.5v.1"],
    up: ["M8 13v-10", "M4.5 6.5l3.5-3.5l3.5 3.5"],
    down: ["M8 3v10", "M4.5 9.5l3.5 3.5l3.5-3.5"],
    filter: ["M2.5 3.5h11l-4.2 5v4l-2.6 1v-5z"],
    hide: ["M2 8s2.2-4 6-4s6 4 6 4s-2.2 4-6 4s-6-4-6-4z", "M3 13l10-10"],
    columns: ["M2.5 3h11v10h-11z", "M6.2 3v10", "M9.8 3v10"],
    saved: ["M4.5 2.5h7v11l-3.5-3l-3.5 3z"],
    search: ["M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z", "M10.3 10.3l3.2 3.2"],
    close: ["M4 4l8 8", "M12 4l-8 8"],
    pause: ["M5.5 3.5v9", "M10.5 3.5v9"],
    play: ["M5 3.5l7.5 4.5l-7.5 4.5z"],
    refresh: ["M13 8a5 5 0 1 1-1.6-3.7", "M13 2v3h-3"],
    previous: ["M10 3.5l-4.5 4.5l4.5 4.5"],
    next: ["M6 3.5l4.5 4.5l-4.5 4.5"],
    first: ["M12 3.5l-4.5 4.5l4.5 4.5", "M4.5 3.5v9"],
    chart: ["M2.5 13.5h11", "M4.5 11v-3", "M8 11v-8", "M11.5 11v-5"],
    open: ["M9 2.5h4.5v4.5", "M13.5 2.5l-6 6", "M11.5 9.5v4h-9v-9h4"],
    copy: ["M6 6h7.5v7.5h-7.5z", "M10 6v-3.5h-7.5v7.5h3.5"],
    details: ["M2.5 3h11v10h-11z", "M9.5 3v10"],
    settings: ["M2.5 5h6", "M11.5 5h2", "M2.5 11h2", "M7.5 11h6",
        "M10 3.4a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 1 0 0-3.2z",
        "M6 9.4a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 1 0 0-3.2z"],
    person: ["M8 2.5a2.7 2.7 0 1 0 0 5.4a2.7 2.7 0 1 0 0-5.4z", "M3 13.5c.4-2.8 2.3-4 5-4s4.6 1.2 5 4"],
    check: ["M3.5 8.5l3 3l6-7"],
    empty: ["M2.5 9l2-5.5h7l2 5.5v4h-11z", "M2.5 9h3.2l.8 1.5h3l.8-1.5h3.2"],
    keyboard: ["M1.5 4h13v8h-13z", "M4 6.5v.1", "M6.7 6.5v.1", "M9.3 6.5v.1", "M12 6.5v.1", "M5 9.5h6"],
};

/**
 * @param {string} name one of drawings
 * @param {string} [names] more classes
 * @returns {SVGSVGElement}
 */
export function icon(name, names) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("class", names ? `icon ${names}` : "icon");
    svg.setAttribute("aria-hidden", "true");
    draw(svg, name);
    return svg;
}

/**
 * Draws another icon in the same place.
 * @param {SVGSVGElement} svg
 * @param {string} name
 */
export function draw(svg, name) {
    if (svg.dataset.drawing === name)
        return;
    svg.dataset.drawing = name;
    svg.replaceChildren(...(drawings[name] ?? []).map((line) => {
        const path = document.createElementNS(SVG, "path");
        path.setAttribute("d", line);
        return path;
    }));
}

// SPDX-License-Identifier: Apache-2.0
// The chart of jobs over time: a bar for each step, a part of it for each state, over a scale of numbers.
// A press on a bar, or Enter, shows the jobs created in it; the arrow keys, Home and End move.
import { make, setAttribute, setText } from "./dom.js";
import { axisWords, barWords, chartWords, endsOf, marksFor, sum } from "./later_chart_words.js";
import { TimelineCounts } from "./later_timeline.js";
import { makeInterval, statuses } from "./view_state.js";
import { number, t } from "./words.js";

/** @typedef {import("./later_timeline.js").Timeline} Timeline */
/** @typedef {import("./view_state.js").View} View */

const SVG = "http://www.w3.org/2000/svg";
const topPx = 8; // half of a number stands above its line
const bottomPx = 72;
const heightPx = 90; // with the moments below
const numbersPx = 44; // the numbers' place before the bars
const momentPx = 120; // one with its day
const barPx = 28; // at least, so that it can be met with a finger
const gapPx = 2;
const seenPx = 2; // one of a thousand is seen too

export class Chart {
    /**
     * @param {import("./api.js").Api} api
     * @param {HTMLElement} place of fixed height
     * @param {(view: View) => void} show
     */
    constructor(api, place, show) {
        this.place = place;
        this.show = show;
        /** @type {View | null} */
        this.view = null;
        this.at = -1; // the bar that Tab meets
        this.hadFocus = false; // while it is empty
        this.timeline = new TimelineCounts(api, () =>
            Math.min(Math.max(Math.floor(this.width / barPx), 2), 60));
        this.words = make("span");
        const legend = make("span", { class: "chart-legend" }, t("chart.legend"), ...statuses.map((status) =>
            make("span", { class: `chart-${status}`, text: t(`status.${status}`) })));
        this.drawing = element("svg", { class: "chart", role: "group", height: String(heightPx) });
        place.replaceChildren(make("p", { class: "chart-words" }, this.words, legend), this.drawing);
        this.timeline.addEventListener("change", () => this.draw());
        this.drawing.addEventListener("keydown", (event) => this.keyed(event));
        this.sized = new ResizeObserver(() => {
            this.draw();
            this.timeline.heard(); // in steps that there is room for
        });
        this.sized.observe(place);
    }

    end() {
        this.sized.disconnect();
    }

    /** @param {View} view whose list was read */
    read(view) {
        this.view = view;
        this.timeline.show(view);
    }

    /** What is drawn. */
    get known() {
        return /** @type {Timeline | null} */ (/** @type {unknown} */ (this.timeline.known));
    }

    /** What the bars have. */
    get width() {
        return this.place.clientWidth - numbersPx;
    }

    draw() {
        const { known } = this;
        this.hadFocus ||= this.drawing.contains(document.activeElement);
        const steps = known?.steps ?? [];
        const marks = marksFor(Math.max(...steps.map(({ counts }) => sum(counts)), 1));
        const width = this.width / Math.max(steps.length, 1);
        this.at = Math.min(this.at < 0 ? steps.length - 1 : this.at, steps.length - 1);
        const words = known && this.view ? chartWords(known, this.view) : "";
        this.drawing.replaceChildren(...steps.map((_, i) => this.bar(i, width, marks.at(-1) ?? 1)),
            ...known ? [this.scales(known, marks, width)] : []);
        setText(this.words, words);
        setAttribute(this.drawing, "aria-label", words || t("page.loading"));
        if (!steps.length || !this.hadFocus)
            return;
        this.hadFocus = false;
        if (document.activeElement === document.body)
            this.bars()[this.at]?.focus();
    }

    /**
     * @param {number} i
     * @param {number} width
     * @param {number} top what the scale ends with
     */
    bar(i, width, top) {
        const { known, view } = this;
        const counts = known?.steps[i]?.counts;
        const label = known && view ? barWords(known, i, view) : "";
        const place = { x: numbersPx + i * width + gapPx / 2, width: Math.max(width - gapPx, 1) };
        let y = bottomPx;
        const parts = heights(counts, (bottomPx - topPx) / top).map(({ status, height }) => {
            y -= height;
            return element("rect", { class: `chart-${status}`, ...place, y, height });
        });
        const title = element("title", {});
        title.textContent = label;
        const bar = element("g", { class: `chart-bar${counts ? "" : " unknown"}`, role: "button",
            tabindex: i === this.at ? 0 : -1, "aria-label": label },
        title, element("rect", { class: "chart-ground", ...place, y: topPx, height: bottomPx - topPx }), ...parts);
        bar.addEventListener("click", () => this.choose(i));
        return bar;
    }

    /**
     * The numbers' lines, and the moments below. Each bar says the same.
     * @param {Timeline} known
     * @param {number[]} marks
     * @param {number} width of a step
     */
    scales(known, marks, width) {
        const lines = marks.flatMap((mark) => {
            const y = bottomPx - (bottomPx - topPx) * mark / (marks.at(-1) ?? 1);
            return [element("line", { x1: numbersPx, x2: this.place.clientWidth, y1: y, y2: y }),
                text(number(mark), { class: "chart-number", x: numbersPx - 6, y: y + 4 })];
        });
        const moments = axisWords(known, Math.ceil(momentPx / width)).map(({ step, text: words }) =>
            text(words, { class: step ? "chart-moment" : "", x: numbersPx + step * width, y: heightPx - 4 }));
        return element("g", { class: "chart-scales", "aria-hidden": "true" }, ...lines, ...moments);
    }

    /** @returns {SVGElement[]} */
    bars() {
        return [.../** @type {NodeListOf<SVGElement>} */ (this.drawing.querySelectorAll(".chart-bar"))];
    }

    /** @param {number} i */
    choose(i) {
        const { known } = this;
        if (!known || !this.view)
            return;
        this.at = -1;
        const { fromMs, last } = endsOf(known, i, this.view);
        this.show({ ...this.view, cursor: "", created: makeInterval(new Date(fromMs).toISOString(), last) });
    }

    /** @param {KeyboardEvent} event */
    keyed(event) {
        const last = this.bars().length - 1;
        const to = { ArrowRight: Math.min(this.at + 1, last), ArrowLeft: Math.max(this.at - 1, 0), Home: 0,
            End: last }[event.key];
        if (event.key === "Enter" || event.key === " ")
            this.choose(this.at);
        else if (to === undefined)
            return;
        else
            this.move(to);
        event.preventDefault();
        event.stopPropagation();
    }

    /** @param {number} to */
    move(to) {
        this.bars()[this.at]?.setAttribute("tabindex", "-1");
        this.at = to;
        const bar = this.bars()[to];
        bar?.setAttribute("tabindex", "0");
        bar?.focus();
    }
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...Element} children
 */
function element(name, attributes, ...children) {
    const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
    for (const [key, value] of Object.entries(attributes))
        made.setAttribute(key, String(value));
    made.append(...children);
    return made;
}

/**
 * @param {string} words
 * @param {Record<string, string | number>} attributes
 */
function text(words, attributes) {
    const made = element("text", attributes);
    made.textContent = words;
    return made;
}

/**
 * How high the part of each state is. Each is seen; the highest gives what that takes, so that all
 * together end where the scale has their sum.
 * @param {Record<string, number> | undefined} counts
 * @param {number} jobPx
 */
function heights(counts, jobPx) {
    const parts = statuses.filter((status) => counts?.[status]).map((status) => {
        const height = (counts?.[status] ?? 0) * jobPx;
        return { status, height: Math.max(height, seenPx), taken: Math.max(seenPx - height, 0) };
    });
    const highest = Math.max(...parts.map(({ height }) => height));
    const giver = parts.find(({ height }) => height === highest);
    if (giver)
        giver.height = Math.max(highest - parts.reduce((all, { taken }) => all + taken, 0), seenPx);
    return parts;
}

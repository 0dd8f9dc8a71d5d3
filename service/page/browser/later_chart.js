// SPDX-License-Identifier: Apache-2.0
// The chart of jobs over time: a bar for each step, a part of it for each state. A press on a bar, or
// Enter, shows the jobs created in it; the arrow keys, Home and End move. Each bar says its numbers.
import { make, setAttribute } from "./dom.js";
import { TimelineCounts } from "./later_timeline.js";
import { makeInterval, statuses } from "./view_state.js";
import { dateLocale, number, t } from "./words.js";

/** @typedef {import("./later_timeline.js").Timeline} Timeline */
/** @typedef {import("./view_state.js").View} View */

const SVG = "http://www.w3.org/2000/svg";
const heightPx = 64;
const barPx = 28; // at least, so that it can be met with a finger
const gapPx = 2;
const seenPx = 2; // one of a thousand is seen too
const dayS = 86_400;

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
            Math.min(Math.max(Math.floor(place.clientWidth / barPx), 2), 60));
        this.words = make("p", { class: "chart-words" });
        this.drawing = element("svg", { class: "chart", role: "group", height: String(heightPx) });
        this.axis = make("div", { class: "chart-axis", "aria-hidden": "true" });
        place.replaceChildren(this.words, this.drawing, this.axis);
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

    draw() {
        const { known } = this;
        this.hadFocus ||= this.drawing.contains(document.activeElement);
        const steps = known?.steps ?? [];
        const most = Math.max(1, ...steps.map(({ counts }) => sum(counts)));
        const width = this.place.clientWidth / Math.max(steps.length, 1);
        this.at = Math.min(this.at < 0 ? steps.length - 1 : this.at, steps.length - 1);
        this.drawing.replaceChildren(...steps.map((_, i) => this.bar(known, i, width, most)));
        this.words.replaceChildren(known ? wordsOf(known) : "");
        setAttribute(this.drawing, "aria-label", known ? wordsOf(known) : t("page.loading"));
        this.axis.replaceChildren(...known && steps.length
            ? [steps[0]?.from, steps[Math.floor(steps.length / 2)]?.from, known.to].map((moment) =>
                make("span", { text: timeWords(moment ?? known.to, known) })) : []);
        if (!steps.length || !this.hadFocus)
            return;
        this.hadFocus = false;
        if (document.activeElement === document.body)
            this.bars()[this.at]?.focus();
    }

    /**
     * @param {Timeline | null} known
     * @param {number} i
     * @param {number} width
     * @param {number} most
     */
    bar(known, i, width, most) {
        const counts = known?.steps[i]?.counts;
        const label = known ? barWords(known, i) : "";
        const place = { x: i * width + gapPx / 2, width: Math.max(width - gapPx, 1) };
        let y = heightPx;
        const parts = statuses.filter((status) => counts?.[status]).map((status) => {
            const height = Math.max((counts?.[status] ?? 0) / most * (heightPx - statuses.length * seenPx), seenPx);
            y -= height;
            return element("rect", { class: `chart-${status}`, ...place, y, height });
        });
        const title = element("title", {});
        title.textContent = label;
        const bar = element("g", { class: `chart-bar${counts ? "" : " unknown"}`, role: "button",
            tabindex: i === this.at ? 0 : -1, "aria-label": label },
        title, element("rect", { class: "chart-ground", ...place, y: 0, height: heightPx }), ...parts);
        bar.addEventListener("click", () => this.choose(i));
        return bar;
    }

    /** @returns {SVGElement[]} */
    bars() {
        return [...this.drawing.querySelectorAll("g")];
    }

    /** @param {number} i */
    choose(i) {
        const { known } = this;
        if (!known || !this.view)
            return;
        this.at = -1;
        const { fromMs, toMs } = endsOf(known, i);
        this.show({ ...this.view, cursor: "",
            created: makeInterval(iso(fromMs), `${iso(toMs - 1).slice(0, -1)}999Z`) });
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

/** @param {Record<string, number> | undefined} counts */
function sum(counts) {
    return Object.values(counts ?? {}).reduce((all, each) => all + each, 0);
}

/** @param {number} ms */
function iso(ms) {
    return new Date(ms).toISOString();
}

/**
 * @param {Timeline} timeline
 * @param {number} i
 */
function endsOf({ from, step }, i) {
    const fromMs = Date.parse(from) + i * step * 1000;
    return { fromMs, toMs: fromMs + step * 1000 };
}

/**
 * As exact as the steps are.
 * @param {string | number} moment
 * @param {Timeline} timeline
 */
function timeWords(moment, { from, to, step }) {
    const isLong = Date.parse(to) - Date.parse(from) > dayS * 1000;
    return new Intl.DateTimeFormat(dateLocale(), {
        ...(step >= dayS || isLong) && { day: "numeric", month: "short" },
        ...step < dayS && { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
        ...step < 60 && { second: "2-digit" },
    }).format(new Date(moment));
}

/**
 * @param {Timeline} timeline
 * @param {number} i
 */
function barWords(timeline, i) {
    const { fromMs, toMs } = endsOf(timeline, i);
    const counts = timeline.steps[i]?.counts;
    const some = statuses.filter((status) => counts?.[status])
        .map((status) => `${t(`status.${status}`)} ${number(counts?.[status] ?? 0)}`).join(", ");
    return t("chart.bar", { from: timeWords(fromMs, timeline), to: timeWords(toMs, timeline),
        counts: !counts ? t("chart.unknown") : some || t("chart.none") });
}

/** @param {Timeline} timeline */
function wordsOf(timeline) {
    const { from, to, steps, boundedToNewest, uncountedTo } = timeline;
    const words = t("chart.title", { from: timeWords(from, timeline), to: timeWords(to, timeline),
        count: steps.reduce((all, { counts }) => all + sum(counts), 0) });
    return boundedToNewest && uncountedTo
        ? `${words} · ${t("chart.bounded", { number: boundedToNewest, time: timeWords(uncountedTo, timeline) })}`
        : words;
}

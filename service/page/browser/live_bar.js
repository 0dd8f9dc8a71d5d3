// SPDX-License-Identifier: Apache-2.0
// How fresh the table is, pause and refresh; and the bar that says that jobs came.
import { announce } from "./announce.js";
import { make, setAttribute, setText } from "./dom.js";
import { freshnessWords } from "./freshness.js";
import { draw, icon } from "./icons.js";
import { t } from "./words.js";

const announceNewsMs = 10_000;

export class LiveBar {
    /**
     * @param {import("./live.js").Live} live
     * @param {() => void} showNews
     */
    constructor(live, showNews) {
        this.live = live;
        this.wasLost = false;
        this.wasAsking = false;
        this.announcedAtMs = 0;
        this.text = make("span", { class: "fresh-text" });
        this.fresh = make("div", { class: "fresh" }, make("span", { class: "dot" }), this.text);
        this.pauseIcon = icon("pause");
        this.pauseWord = make("span");
        this.pause = make("button", { class: "button", type: "button", on: { click: () => this.toggle() } },
            this.pauseIcon, this.pauseWord);
        this.refresh = make("button", { class: "icon-button framed", type: "button",
            "aria-label": t("live.refresh"), title: t("live.refresh"),
            on: { click: () => this.press() } }, icon("refresh"));
        this.element = make("div", { class: "live" }, this.fresh, this.pause, this.refresh);
        this.newsText = make("span");
        this.news = make("button", { class: "news", type: "button", hidden: true, on: { click: showNews } },
            icon("up"), this.newsText, make("span", { class: "news-show", text: t("live.show") }));
        this.update();
    }

    /** Says it as it is by now; once a second, and when something was heard. */
    update() {
        const { fresh, paused } = this.live;
        const words = freshnessWords(fresh, Date.now());
        setAttribute(this.fresh, "class", `fresh fresh-${words.kind}`);
        setAttribute(this.fresh, "title", words.title || null);
        setText(this.text, words.text);
        setText(this.pauseWord, t(paused ? "live.resume" : "live.pause"));
        draw(this.pauseIcon, paused ? "play" : "pause");
        this.announceLoss(fresh.mode);
    }

    /** @param {import("./freshness.js").FreshState["mode"]} mode */
    announceLoss(mode) {
        if (mode === "lost" && !this.wasLost)
            announce(t("fresh.isLost"));
        else if (mode === "live" && this.wasLost)
            announce(t("fresh.isBack"));
        else if (mode === "asking" && !this.wasAsking)
            announce(t("fresh.isAsking"));
        this.wasAsking = mode === "asking" || (this.wasAsking && mode !== "live");
        if (mode === "lost" || mode === "live")
            this.wasLost = mode === "lost";
    }

    updateNews() {
        const { count, many, areNew, left, misplaced } = this.live.list.news();
        const came = many ? t("live.newMany", { number: count })
            : count ? t(areNew ? "live.new" : "live.moved", { count }) : "";
        const text = [came, left ? t("live.left", { count: left }) : "",
            misplaced ? t("live.misplaced", { count: misplaced }) : ""].filter(Boolean).join(" · ");
        this.news.hidden = !text;
        if (!text)
            return;
        if (this.newsText.textContent === text)
            return;
        this.newsText.textContent = text;
        if (Date.now() - this.announcedAtMs > announceNewsMs) {
            this.announcedAtMs = Date.now();
            announce(text);
        }
    }

    toggle() {
        if (this.live.paused)
            this.live.resume();
        else
            this.live.pause();
    }

    /** An impatient one also cuts short the wait for a connection. */
    press() {
        if (this.live.fresh.mode === "lost")
            this.live.hurry();
        else
            this.live.refresh();
    }
}

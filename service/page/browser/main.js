// SPDX-License-Identifier: Apache-2.0
// Begins: language and theme, then who is there, then the page that is theirs.
import { placeAnnouncements } from "./announce.js";
import { Api } from "./api.js";
import { make } from "./dom.js";
import { JobsPage } from "./jobs_page.js";
import { Live } from "./live.js";
import { closeMenu } from "./menu.js";
import { Navigation } from "./navigation.js";
import { preferences } from "./preferences.js";
import { session } from "./session.js";
import { topBar } from "./top_bar.js";
import { goOn, goTo, isOnSharedWay, isOnWayIn } from "./way_back.js";
import { nowherePage, signedOutPage, unavailablePage, userPage, wayInPage } from "./welcome.js";
import { bestLanguage, setLanguage, t } from "./words.js";

const root = document.getElementById("app") ?? document.body;
const base = location.pathname.replace(/\/+$/, "");
const organization = decodedName(base.slice(base.lastIndexOf("/") + 1));
const api = new Api(base, session);
const seeing = ["Administrator", "Manager"];

/** @type {{navigation: Navigation, live: Live} | null} */
let shown = null;
/** @type {JobsPage | null} */
let page = null;

/** @param {string} encoded */
function decodedName(encoded) {
    try {
        return decodeURIComponent(encoded);
    } catch {
        return encoded;
    }
}

async function applyPreferences() {
    const { language, theme } = preferences();
    const chosen = language ?? bestLanguage(navigator.languages);
    await setLanguage(chosen);
    document.documentElement.lang = chosen;
    document.documentElement.dataset.theme = theme ?? "";
    document.title = isOnSharedWay() ? t("nowhere.title") : isOnWayIn() ? t("wayIn.title") : t("page.documentTitle", { organization });
}

/** Everything anew, in the language and for the member of now. */
function show() {
    closeMenu();
    page?.end();
    page = seesJobs() ? jobsPage() : null;
    if (!page)
        leaveJobs();
    const parts = [topBar({ organization, member: memberPart(), signIn, changed: () => void settingChanged() }),
        page?.element ?? pageWithoutJobs()];
    if (page)
        parts.unshift(make("a", { class: "skip", href: "#jobs", text: t("page.skip") }));
    root.replaceChildren(...parts);
    page?.begin();
}

/** Who signed in and whose session ended keeps what is on the page, as of then. */
function seesJobs() {
    const isHere = session.state === "signed-in" || (shown !== null && hasExpired());
    return isHere && seeing.includes(session.role ?? "");
}

function hasExpired() {
    return session.state === "signed-out" && session.reason === "expired";
}

function leaveJobs() {
    shown?.live.stop();
    shown?.navigation.end();
    shown = null;
}

function jobsPage() {
    shown ??= { navigation: new Navigation(), live: new Live(api) };
    if (hasExpired())
        shown.live.signedOut();
    return new JobsPage({ api, ...shown, who: { organization, member: session.member ?? "",
        name: session.name ?? "", role: session.role, signIn } });
}

/** @returns {Element} */
function pageWithoutJobs() {
    if (session.state === "signed-out")
        return signedOutPage(signIn, session.reason);
    if (session.state !== "signed-in")
        return unavailablePage(() => location.reload(), session.reason);
    return userPage(nameOfMember(), session.role, organization);
}

function signIn() {
    void session.signIn();
}

function memberPart() {
    return session.state !== "signed-in" ? null
        : { name: nameOfMember(), role: session.role, signOut: () => void session.signOut() };
}

function nameOfMember() {
    return session.name || session.member || "";
}

/** The page is made anew, and the focus stays at the settings. */
async function settingChanged() {
    await applyPreferences();
    show();
    const button = document.querySelector('[data-name="settings"]');
    if (button instanceof HTMLElement)
        button.focus();
}

/** A renewed token is a change of nothing to be seen. */
let last = "";
function sessionChanged() {
    const now = JSON.stringify([session.state, session.reason, session.member, session.name, session.role]);
    if (now !== last)
        show();
    last = now;
}

async function begin() {
    placeAnnouncements(document.body);
    await session.begin();
    session.addEventListener("change", sessionChanged);
    sessionChanged();
}

await applyPreferences();
if (isOnWayIn())
    root.replaceChildren(wayInPage(goTo));
else if (!isOnSharedWay())
    await begin();
else if (!goOn())
    root.replaceChildren(nowherePage());

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
import { signedOutPage, unavailablePage, userPage } from "./welcome.js";
import { bestLanguage, setLanguage, t } from "./words.js";

const root = document.getElementById("app") ?? document.body;
const base = location.pathname.replace(/\/+$/, "");
const organization = decodedName(base.slice(base.lastIndexOf("/") + 1));
const api = new Api(base, () => session.token());
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

function applyPreferences() {
    const { language, theme } = preferences();
    const chosen = language ?? bestLanguage(navigator.languages);
    setLanguage(chosen);
    document.documentElement.lang = chosen;
    document.documentElement.dataset.theme = theme ?? "";
    document.title = t("page.documentTitle", { organization });
}

/** Everything anew, in the language and for the member of now. */
function show() {
    closeMenu();
    applyPreferences();
    page?.end();
    page = null;
    if (!seesJobs())
        leaveJobs();
    const main = mainPart();
    root.replaceChildren(...page ? [make("a", { class: "skip", href: "#jobs", text: t("page.skip") })] : [],
        topBar({ organization, member: memberPart(), changed: settingChanged }), main);
    startPage();
}

function startPage() {
    page?.begin();
}

function seesJobs() {
    return session.state === "signed-in" && seeing.includes(session.role ?? "");
}

function leaveJobs() {
    shown?.live.stop();
    shown?.navigation.end();
    shown = null;
}

/** @returns {Element} */
function mainPart() {
    if (session.state === "signed-out")
        return signedOutPage(() => void session.signIn());
    if (session.state !== "signed-in")
        return unavailablePage(() => location.reload());
    if (!seesJobs())
        return userPage(nameOfMember(), session.role, organization);
    shown ??= { navigation: new Navigation(), live: new Live(api) };
    page = new JobsPage({ api, ...shown, who: { organization, member: session.member ?? "",
        role: session.role, signIn: () => void session.signIn() } });
    return page.element;
}

function memberPart() {
    return session.state !== "signed-in" ? null
        : { name: nameOfMember(), role: session.role, signOut: () => void session.signOut() };
}

function nameOfMember() {
    return session.name || session.member || "";
}

/** The page is made anew, and the focus stays at the settings. */
function settingChanged() {
    show();
    const button = document.querySelector('[data-name="settings"]');
    if (button instanceof HTMLElement)
        button.focus();
}

/** A renewed token is a change of nothing to be seen. */
let last = "";
function sessionChanged() {
    const now = JSON.stringify([session.state, session.member, session.name, session.role]);
    if (now !== last)
        show();
    last = now;
}

applyPreferences();
placeAnnouncements(document.body);
await session.begin();
session.addEventListener("change", sessionChanged);
sessionChanged();

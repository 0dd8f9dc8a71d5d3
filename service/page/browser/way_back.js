// SPDX-License-Identifier: Apache-2.0
// Where the issuer sends members back to: the organisation's own page, or one address that all
// organisations share, since an issuer may want each address registered. From there the way goes on
// to the page that was left, which lies in this tab's sessionStorage meanwhile.

const KEY = "jobtrail.page";
const SHARED = "/page/signed-in";
const WAY_IN = "/page/organization";

/**
 * @param {boolean} isShared by the service's settings
 * @returns {string} the redirect address: without the view
 */
export function wayBack(isShared) {
    return location.origin + (isShared ? location.pathname.replace(/\/organizations\/[^/]+\/*$/, SHARED)
        : location.pathname);
}

/** Before leaving for the issuer. Throws where the browser lets the page keep nothing. */
export function keepPage() {
    sessionStorage.setItem(KEY, location.pathname);
}

/** Whether this is the shared address. */
export function isOnSharedWay() {
    return location.pathname.endsWith(SHARED);
}

/** Whether nobody has said yet of which organisation. */
export function isOnWayIn() {
    return location.pathname.endsWith(WAY_IN);
}

/** @param {string} organization */
export function goTo(organization) {
    location.assign(location.pathname.replace(WAY_IN, `/organizations/${encodeURIComponent(organization)}`));
}

/**
 * Goes on, with what the issuer says, to the page that was left in this tab.
 * @returns {boolean} false: none was
 */
export function goOn() {
    const path = sessionStorage.getItem(KEY);
    if (path === null) return false;
    sessionStorage.removeItem(KEY);
    const address = new URL(location.href);
    address.pathname = path; // of our own origin, whatever it says
    location.replace(address);
    return true;
}

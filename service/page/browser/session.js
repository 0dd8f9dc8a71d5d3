// SPDX-License-Identifier: Apache-2.0
// Who is looking: signing in at the issuer and out again (OpenID Connect, code with PKCE), and a
// token that is good whenever it is asked for. Tokens are in this module's memory only; a page that
// is loaded anew asks the issuer, which may know the member still, without a question.

import { claimsOf, roleAt, textAt } from "./claims.js";
import { checkIdToken, checkRenewal, codeOf, discover, fetchTokens, isAnswer, noAnswer, revoke, SignInError }
    from "./openid.js";
import { challengeOf, randomText } from "./pkce.js";
import { fetchSettings } from "./settings.js";
import { keepMemo, takeMemo } from "./sign_in_memo.js";
import { keepPage, wayBack } from "./way_back.js";

/** @typedef {"unknown" | "signed-in" | "signed-out" | "unavailable"} State unknown: until begin() ends */
/**
 * Why it is so; null: nothing is wrong.
 * - signed-out: "expired" (sign in again), "refused" (by the issuer), "unanswered" (we came back from it
 *   with no answer), "tampered" (the answer is not to our question: signing in again is the way)
 * - unavailable: "not-configured" (page.client-id), "unreachable" (the issuer, or our service),
 *   "insecure" (the page is not served over TLS, or the issuer is not), "blocked" (the browser lets
 *   the page keep nothing)
 *
 * @typedef {"expired" | "refused" | "unanswered" | "tampered" | "not-configured" | "unreachable"
 *     | "insecure" | "blocked"} Reason
 */

const RENEW_EARLY_MS = 30_000;
const TRY_AGAIN_MS = 5_000;
const LIFETIME_UNTOLD_S = 60;
const TIMER_MAX_MS = 2 ** 31 - 1;

class Session extends EventTarget {
    /** @type {State} */ state = "unknown";
    /** @type {Reason | null} */ reason = null;
    /** For whoever looks into it; no text for members. */
    detail = "";
    /** @type {string | null} The id that jobs have as their creator. */ member = null;
    /** @type {string | null} For people. */ name = null;
    /** @type {string | null} */ role = null;
    /** @type {string | null} That of the token, if it names one; the page's may be another. */
    organization = null;
    /** @type {import("./settings.js").Settings | null} */ settings = null;

    /** @type {import("./openid.js").TokenAnswer | null} */ #tokens = null;
    /** @type {import("./openid.js").Provider | null} */ #provider = null;
    #expiresAt = 0; // by performance.now(), which no clock's setting moves
    #renewsAt = 0;
    #timer = 0;
    /** @type {Promise<void> | null} */ #renewal = null;

    /**
     * Finds out who is looking. May leave for the issuer: then the page is about to go, and this is
     * never resolved. Never throws.
     *
     * @returns {Promise<void>}
     */
    async begin() {
        const query = new URLSearchParams(location.search);
        const memo = takeMemo();
        const fragment = new URLSearchParams(location.hash.slice(1));
        const answered = isAnswer(query);
        if (answered || memo) history.replaceState(null, "", location.pathname + (memo?.view ?? ""));
        try {
            const { provider, clientId } = await this.#prepare();
            if (answered) await this.#take(query, memo, provider, clientId);
            else if (memo) throw noAnswer(query, fragment); // another try would end as this one
            else await this.#leave(true);
        } catch (error) {
            this.#fail(error, answered && memo?.silent === true);
        }
    }

    /** Leaves for the issuer, to come back to this very view. Never throws. */
    async signIn() {
        try {
            await this.#prepare();
            await this.#leave(false);
        } catch (error) {
            this.#fail(error, false);
        }
    }

    /**
     * Forgets the tokens, has the issuer take the refresh token for nothing, and leaves for it to end
     * its session too, where it has that.
     */
    async signOut() {
        const endpoint = this.#provider?.end_session_endpoint;
        const { id_token: hint, refresh_token: refresh } = this.#tokens ?? {};
        this.#forget();
        this.#become("signed-out", null, "");
        await revoke(this.#provider, this.settings?.clientId ?? "", refresh);
        if (!endpoint) return;
        const address = new URL(endpoint);
        address.searchParams.set("client_id", this.settings?.clientId ?? "");
        address.searchParams.set("post_logout_redirect_uri", this.#leaveFrom());
        if (hint) address.searchParams.set("id_token_hint", hint);
        location.assign(address);
        await new Promise(() => {});
    }

    /**
     * A token for the API. Renewed before it expires, where the issuer lets us; where it does not,
     * the session ends with the token, and what the page shows stays. Throws a SignInError:
     * "unreachable" is worth another try.
     *
     * @returns {Promise<string>}
     */
    async token() {
        if (this.#tokens && performance.now() >= this.#renewsAt) await this.#renew();
        if (!this.#tokens) throw new SignInError("refused", "nobody is signed in");
        if (performance.now() >= this.#expiresAt)
            throw new SignInError("unreachable", "the token could not be renewed yet");
        return this.#tokens.access_token;
    }

    /** The API would not take the token: it is not offered again. */
    reject() {
        this.#renewsAt = 0;
        this.#expiresAt = 0;
    }

    /** What signing in needs; throws where it cannot be had. */
    async #prepare() {
        this.settings ??= await fetchSettings().catch((error) => {
            throw new SignInError("unreachable", String(error));
        });
        const { issuer, clientId } = this.settings;
        if (!issuer || !clientId) throw new NotConfigured();
        if (!isSecureContext) throw new SignInError("insecure", "the page is not served over TLS");
        this.#provider ??= await discover(issuer);
        return { provider: this.#provider, clientId };
    }

    /** @returns {string} where the issuer is to send the member back to */
    #leaveFrom() {
        const isShared = this.settings?.sharesRedirect ?? false;
        if (isShared) keepPage();
        return wayBack(isShared);
    }

    /** @param {boolean} silent whether the issuer may ask nothing */
    async #leave(silent) {
        const { provider, clientId } = await this.#prepare();
        const memo = {
            state: randomText(),
            nonce: randomText(),
            verifier: randomText(),
            issuer: provider.issuer,
            redirect: this.#leaveFrom(),
            view: location.search + location.hash,
            silent,
        };
        const address = new URL(provider.authorization_endpoint);
        const parameters = {
            response_type: "code",
            client_id: clientId,
            redirect_uri: memo.redirect,
            scope: this.settings?.scope ?? "openid",
            state: memo.state,
            nonce: memo.nonce,
            code_challenge: await challengeOf(memo.verifier),
            code_challenge_method: "S256",
            ...(silent ? { prompt: "none" } : {}),
        };
        for (const [name, value] of Object.entries(parameters))
            address.searchParams.set(name, value);
        keepMemo(memo);
        if (silent) location.replace(address);
        else location.assign(address);
        await new Promise(() => {}); // the page goes
    }

    /**
     * @param {URLSearchParams} query
     * @param {import("./sign_in_memo.js").Memo | null} memo
     * @param {import("./openid.js").Provider} provider
     * @param {string} clientId
     */
    async #take(query, memo, provider, clientId) {
        const code = codeOf(query, memo, provider);
        const tokens = await fetchTokens(provider, {
            grant_type: "authorization_code",
            code,
            redirect_uri: memo?.redirect ?? "",
            client_id: clientId,
            code_verifier: memo?.verifier ?? "",
        });
        const id = checkIdToken(tokens, provider, clientId, memo?.nonce ?? "");
        this.#keep(tokens);
        this.name = ["name", "preferred_username", "email"]
            .map((claim) => textAt(id, `/${claim}`))
            .find((text) => text !== null) ?? this.member;
        this.#become("signed-in", null, "");
    }

    /** @param {import("./openid.js").TokenAnswer} tokens */
    #keep(tokens) {
        const claims = claimsOf(tokens.access_token) ?? claimsOf(tokens.id_token);
        const pointers = this.settings?.claims ?? { organization: "", role: "", member: "", roleNames: {} };
        const lifetime = 1000 * (Number(tokens.expires_in) || LIFETIME_UNTOLD_S);
        const now = performance.now();

        this.#tokens = { ...this.#tokens, ...tokens };
        this.member = textAt(claims, pointers.member);
        this.organization = textAt(claims, pointers.organization);
        this.role = roleAt(claims, pointers, pageOrganization());
        this.#expiresAt = now + lifetime;
        this.#renewsAt = now + Math.max(lifetime - RENEW_EARLY_MS, lifetime / 2);
        if (!this.#tokens.refresh_token) this.#renewsAt = this.#expiresAt;
        this.#wake();
    }

    /** So that a session that nobody asks of goes on, or ends, in time. Timers may be early. */
    #wake() {
        clearTimeout(this.#timer);
        const wait = this.#renewsAt - performance.now();
        if (wait <= 0) void this.token().catch(() => {});
        else this.#timer = setTimeout(() => this.#wake(), Math.min(wait + 1, TIMER_MAX_MS));
    }

    /** One renewal at a time, whoever asks. */
    #renew() {
        this.#renewal ??= this.#fetchRenewed().finally(() => (this.#renewal = null));
        return this.#renewal;
    }

    async #fetchRenewed() {
        const refresh = this.#tokens?.refresh_token;
        try {
            if (!refresh) throw new SignInError("refused", "the issuer gave nothing to renew with");
            const { provider, clientId } = await this.#prepare();
            const tokens = await fetchTokens(provider, {
                grant_type: "refresh_token",
                refresh_token: refresh,
                client_id: clientId,
            });
            if (this.#tokens?.refresh_token !== refresh) return;
            checkRenewal(tokens, this.#tokens.id_token);
            this.#keep(tokens);
        } catch (error) {
            if (!this.#tokens) return; // signed out meanwhile
            if (error instanceof SignInError && error.reason === "unreachable") {
                this.#renewsAt = performance.now() + TRY_AGAIN_MS;
                this.#wake();
                return;
            }
            this.#forget();
            this.#become("signed-out", "expired", String(error));
        }
    }

    #forget() {
        clearTimeout(this.#timer);
        this.#tokens = null;
    }

    /**
     * @param {unknown} error
     * @param {boolean} wasSilent nobody was asked, so that nobody has refused
     */
    #fail(error, wasSilent) {
        const reason = error instanceof NotConfigured ? "not-configured"
            : error instanceof SignInError ? error.reason : "blocked";
        const detail = error instanceof Error ? error.message : String(error);
        if (reason === "refused" && wasSilent) this.#become("signed-out", null, detail);
        else if (reason === "refused" || reason === "unanswered" || reason === "tampered")
            this.#become("signed-out", reason, detail);
        else this.#become("unavailable", reason, detail);
    }

    /**
     * @param {State} state
     * @param {Reason | null} reason
     * @param {string} detail
     */
    #become(state, reason, detail) {
        this.state = state;
        this.reason = reason;
        this.detail = detail;
        if (state !== "signed-in" && reason !== "expired")
            this.member = this.name = this.role = this.organization = null;
        this.dispatchEvent(new Event("change"));
    }
}

class NotConfigured extends Error {}

/** @returns {string} */
function pageOrganization() {
    return decodeURIComponent(location.pathname.split("/").at(-1) ?? "");
}

export const session = new Session();

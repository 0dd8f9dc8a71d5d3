// SPDX-License-Identifier: Apache-2.0
// An issuer that others wrote and certified (oidc-provider): device codes, code with PKCE to the
// loopback, refresh tokens that work once, revocation. Whoever signs in is who they say.
//
//   node issuer.js MODULES PORT SETTINGS
//
// SETTINGS is JSON: members ({id: {role, organization}}), accessTokenSeconds, interval (what a device
// is told), slowDowns (so many polls are told to slow down first), without (a list of
// "device", "refresh", "revocation"). A line of JSON on standard output for each grant and refusal.
import { createRequire } from "node:module";
import { generateKeyPairSync } from "node:crypto";
import { pathToFileURL } from "node:url";

const [modules, port, text] = process.argv.slice(2);
const settings = JSON.parse(text);
const library = createRequire(`${modules}/`).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(library));
const address = `http://127.0.0.1:${port}`;
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
const has = (what) => !settings.without?.includes(what);
const device = "urn:ietf:params:oauth:grant-type:device_code";
const resource = "urn:jobtrail";

const provider = new Provider(address, {
    jwks: { keys: [{ ...key, kid: "k", use: "sig", alg: "ES256" }] },
    clients: [{
        client_id: "jobs-cli",
        application_type: "native",
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", ...(has("device") ? [device] : []), ...(has("refresh") ? ["refresh_token"] : [])],
        response_types: ["code"],
        redirect_uris: ["http://127.0.0.1/"],
        id_token_signed_response_alg: "ES256",
    }],
    clientBasedCORS: () => false,
    cookies: { keys: ["only for tests"] },
    scopes: has("refresh") ? ["openid", "offline_access"] : ["openid"],
    claims: { openid: ["sub"], profile: ["name"] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => settings.members[id] &&
        ({ accountId: id, claims: () => ({ sub: id, name: `${id}\u001b[31m of ${settings.members[id].organization}` }) }),
    extraTokenClaims: (_, token) => ({
        role: settings.members[token.accountId].role,
        organization_id: settings.members[token.accountId].organization,
    }),
    rotateRefreshToken: true,
    features: {
        deviceFlow: { enabled: has("device") },
        revocation: { enabled: has("revocation") },
        resourceIndicators: {
            enabled: true,
            defaultResource: () => resource,
            useGrantedResource: () => true,
            getResourceServerInfo: () => ({
                scope: "", audience: "jobtrail", accessTokenFormat: "jwt",
                accessTokenTTL: settings.accessTokenSeconds ?? 3600,
                jwt: { sign: { alg: "ES256" } },
            }),
        },
    },
    ttl: { AccessToken: settings.accessTokenSeconds ?? 3600, DeviceCode: settings.deviceSeconds ?? 600, Grant: 3600,
        IdToken: 3600, Interaction: 3600, RefreshToken: 3600, Session: 3600, AuthorizationCode: 60 },
});

function say(what, ctx, error) {
    console.log(JSON.stringify({ what, grant: ctx.oidc.params?.grant_type, error: error?.error }));
}
provider.on("grant.success", (ctx) => say("grant", ctx));
provider.on("grant.error", (ctx, error) => say("refusal", ctx, error));
provider.on("refresh_token.destroyed", () => console.log(JSON.stringify({ what: "refresh token destroyed" })));
provider.on("grant.revoked", (ctx) => say("grant revoked", ctx));

// What the library leaves to an issuer's own: how often to ask, and that it was too often.
let slowDowns = settings.slowDowns ?? 0;
provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === "/device/auth" && ctx.status === 200 && settings.interval)
        ctx.body = { ...ctx.body, interval: settings.interval };
    if (ctx.path === "/token" && ctx.body?.error === "authorization_pending" && slowDowns-- > 0)
        ctx.body = { error: "slow_down" };
});
provider.listen(Number(port), "127.0.0.1", () => console.log(JSON.stringify({ what: "ready", address })));

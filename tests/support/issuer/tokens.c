// SPDX-License-Identifier: Apache-2.0
// Codes and refresh tokens, and the tokens one gets for them. Each works once.
#include "support/issuer/issuer.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/random.h"
#include "cli/token/token_key.h"

enum { RANDOM_BYTES = 32 };
static const int64_t lifetimes_us[] = {
    [GRANT_CODE] = 60 * US_PER_SECOND,
    [GRANT_REFRESH] = 8 * 3600 * US_PER_SECOND,
    [GRANT_DEVICE] = 600 * US_PER_SECOND,
};

static void write_base64url(const unsigned char bytes[RANDOM_BYTES], char out[GRANT_SIZE])
{
    char text[48];

    EVP_EncodeBlock((unsigned char *)text, bytes, RANDOM_BYTES);
    for (size_t i = 0; i < GRANT_SIZE; i++)
        out[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i] == '=' ? '\0' : text[i];
    out[GRANT_SIZE - 1] = '\0';
}

static void forget(struct grant *grant)
{
    buffer_free(&grant->nonce);
    buffer_free(&grant->challenge);
    buffer_free(&grant->redirect);
    *grant = (struct grant){0};
}

struct grant *issuer_add_grant(struct issuer *issuer, int member, enum grant_kind kind)
{
    struct grant *grant = &issuer->grants[issuer->next_grant++ % GRANTS_MAX];
    unsigned char bytes[RANDOM_BYTES];

    forget(grant);
    random_bytes(bytes, sizeof bytes);
    write_base64url(bytes, grant->text);
    grant->kind = kind;
    grant->member = member;
    grant->expires_at_us = clock_monotonic_us() + lifetimes_us[kind];
    return grant;
}

bool issuer_read_member(const struct issuer *issuer, struct slice text, int *member)
{
    *member = text.size == 1 ? text.data[0] - '0' : MEMBER_NONE;
    return *member >= 0 && (size_t)*member < issuer->member_count;
}

const char *issuer_grant_code(struct issuer *issuer, int member, struct slice nonce,
                              struct slice challenge, struct slice redirect)
{
    struct grant *grant = issuer_add_grant(issuer, member, GRANT_CODE);

    buffer_append(&grant->nonce, nonce.data, nonce.size);
    buffer_append(&grant->challenge, challenge.data, challenge.size);
    buffer_append(&grant->redirect, redirect.data, redirect.size);
    return grant->nonce.failed || grant->challenge.failed || grant->redirect.failed ? NULL
                                                                                    : grant->text;
}

struct grant *issuer_find_grant(struct issuer *issuer, struct slice text, enum grant_kind kind)
{
    for (size_t i = 0; text.size && i < GRANTS_MAX; i++) {
        struct grant *grant = &issuer->grants[i];

        if (grant->kind == kind && slice_equal(text, slice_of(grant->text)) &&
            clock_monotonic_us() < grant->expires_at_us)
            return grant;
    }
    return NULL;
}

static bool proves(const struct grant *grant, struct slice verifier)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    char challenge[GRANT_SIZE];

    if (!verifier.size)
        return false;
    SHA256((const unsigned char *)verifier.data, verifier.size, hash);
    write_base64url(hash, challenge);
    return slice_equal(buffer_slice(&grant->challenge), slice_of(challenge));
}

static bool sign(const struct issuer *issuer, json_t *claims, struct buffer *out)
{
    struct err err;
    bool is_good = claims && !token_key_sign(buffer_slice(&issuer->key), claims, out, &err);

    json_decref(claims);
    return is_good;
}

// Access and ID token, and a refresh token unless there shall be none.
static void give(struct issuer *issuer, struct asked *asked, int place, struct slice nonce)
{
    const struct member *member = &issuer->members[place];
    json_int_t now = clock_now_us() / US_PER_SECOND, until = now + issuer->lifetime_s;
    struct buffer access = {0}, id = {0};
    json_t *claims =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:I}", "iss", issuer->address, "aud", issuer->audience,
                  "sub", member->id, "role", member->role, "organization_id",
                  member->organization_id, "iat", now, "exp", until);
    json_t *id_claims =
        json_pack("{s:s,s:s,s:s,s:s,s:I,s:I}", "iss", issuer->address, "aud", issuer->client_id,
                  "sub", member->id, "name", member->name, "iat", now, "exp", until);

    if (nonce.size)
        json_object_set_new(id_claims, "nonce", json_stringn(nonce.data, nonce.size));
    if (!sign(issuer, claims, &access) || !sign(issuer, id_claims, &id))
        asked->response.failed = true;
    else
        asked_json(asked, 200,
                   "{\"token_type\":\"Bearer\",\"expires_in\":%lld,\"access_token\":\"%.*s\","
                   "\"id_token\":\"%.*s\"%s%s%s}",
                   (long long)issuer->lifetime_s, (int)access.size, access.data, (int)id.size,
                   id.data, issuer->refreshes ? ",\"refresh_token\":\"" : "",
                   issuer->refreshes ? issuer_add_grant(issuer, place, GRANT_REFRESH)->text : "",
                   issuer->refreshes ? "\"" : "");
    buffer_free(&access);
    buffer_free(&id);
}

// What is asked for, and with what.
static struct grant *named_grant(struct issuer *issuer, struct asked *asked)
{
    static const struct {
        const char *type, *parameter;
        enum grant_kind kind;
    } kinds[] = {
        {"authorization_code", "code", GRANT_CODE},
        {"refresh_token", "refresh_token", GRANT_REFRESH},
        {"urn:ietf:params:oauth:grant-type:device_code", "device_code", GRANT_DEVICE},
    };
    struct slice type = asked_parameter(asked, "grant_type");

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (slice_equal(type, slice_of(kinds[i].type))) {
            struct grant *grant = issuer_find_grant(
                issuer, asked_parameter(asked, kinds[i].parameter), kinds[i].kind);

            if (!grant)
                asked_json(asked, 400, "{\"error\":\"invalid_grant\"}");
            return grant;
        }
    asked_json(asked, 400, "{\"error\":\"unsupported_grant_type\"}");
    return NULL;
}

void issuer_token(struct issuer *issuer, struct asked *asked)
{
    struct grant *grant = named_grant(issuer, asked);
    struct grant used;

    if (!grant)
        return;
    if (!slice_equal(asked_parameter(asked, "client_id"), slice_of(issuer->client_id))) {
        asked_json(asked, 400, "{\"error\":\"invalid_grant\"}");
        return;
    }
    if (grant->member == MEMBER_NONE) {
        asked_json(asked, 400, "{\"error\":\"authorization_pending\"}");
        return;
    }
    used = *grant;
    *grant = (struct grant){0};
    if (used.kind == GRANT_CODE &&
        (!proves(&used, asked_parameter(asked, "code_verifier")) ||
         !slice_equal(asked_parameter(asked, "redirect_uri"), buffer_slice(&used.redirect))))
        asked_json(asked, 400, "{\"error\":\"invalid_grant\"}");
    else
        give(issuer, asked, used.member, buffer_slice(&used.nonce));
    forget(&used);
}

void issuer_revoke(struct issuer *issuer, struct asked *asked)
{
    struct grant *grant = issuer_find_grant(issuer, asked_parameter(asked, "token"), GRANT_REFRESH);

    if (grant && slice_equal(asked_parameter(asked, "client_id"), slice_of(issuer->client_id)))
        forget(grant);
    asked_json(asked, 200, "{}");
}

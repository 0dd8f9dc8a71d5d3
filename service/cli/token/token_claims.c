// SPDX-License-Identifier: Apache-2.0
#include "cli/token/token_claims.h"

#include <string.h>

#include "auth/claims.h"
#include "base/option_value.h"
#include "base/random.h"
#include "base/time_us.h"
#include "base/uuid.h"

static const char lifetime_default[] = "5m";
enum { LIFETIME_MAX_MS = 24 * 3600 * 1000 };

// Puts a value, whose reference it takes, where a valid pointer points, and makes the objects on
// the way.
static int put(json_t *claims, const char *pointer, json_t *value, struct err *err)
{
    char name[POINTER_MAX_BYTES];
    const char *at = pointer;
    size_t size = claims_pointer_next(&at, name);

    for (; *at; size = claims_pointer_next(&at, name)) {
        json_t *next = json_object_getn(claims, name, size);

        if (!next && json_object_setn_new(claims, name, size, json_object())) {
            json_decref(value);
            return err_no_memory(err);
        }
        claims = json_object_getn(claims, name, size);
    }
    if (json_object_getn(claims, name, size) || !json_is_object(claims)) {
        json_decref(value);
        return err_set(err, FATAL, "USAGE", "two claims want the place %.200s", pointer);
    }
    return value && !json_object_setn_new(claims, name, size, value) ? 0 : err_no_memory(err);
}

static int put_text(json_t *claims, const char *pointer, const char *text, struct err *err)
{
    json_t *value;

    if (!text)
        return DONE;
    value = json_string(text);
    if (!value)
        return err_set(err, FATAL, "USAGE", "the text for %.200s is not UTF-8", pointer);
    return put(claims, pointer, value, err);
}

// "NAME=TEXT", or "NAME:=JSON" for what is no text.
static int put_free(json_t *claims, const char *argument, struct err *err)
{
    const char *equals = strchr(argument, '=');
    size_t size = equals ? (size_t)(equals - argument) : 0;
    bool is_json = size > 1 && equals[-1] == ':';
    json_t *value;

    if (!size)
        return err_set(err, FATAL, "USAGE",
                       "\"%.100s\": expected a claim as NAME=TEXT or NAME:=JSON", argument);
    value = is_json ? json_loads(equals + 1, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL)
                    : json_string(equals + 1);
    if (!value)
        return err_set(err, FATAL, "USAGE", "\"%.100s\": the claim's value is not %s", argument,
                       is_json ? "JSON" : "UTF-8");
    if (json_object_setn_new(claims, argument, size - is_json, value))
        return err_set(err, FATAL, "USAGE", "\"%.100s\": the claim's name is not UTF-8", argument);
    return DONE;
}

static int put_times(json_t *claims, const char *lifetime, int64_t now_us, struct err *err)
{
    int64_t lifetime_ms, now = now_us / US_PER_SECOND;

    if (!option_value_integer(OPTION_DURATION, lifetime, &lifetime_ms) || lifetime_ms <= 0 ||
        lifetime_ms > LIFETIME_MAX_MS)
        return err_set(err, FATAL, "USAGE",
                       "--expires: \"%.40s\": expected a duration of at most 24h, like 5m",
                       lifetime);
    if (json_object_set_new(claims, "iat", json_integer(now)) ||
        json_object_set_new(claims, "exp", json_integer(now + (lifetime_ms + 999) / 1000)))
        return err_no_memory(err);
    return DONE;
}

static int put_id(json_t *claims, struct err *err)
{
    unsigned char bytes[UUID_BYTES];
    char text[UUID_TEXT_SIZE];
    struct uuid uuid;

    random_bytes(bytes, sizeof bytes);
    uuid = uuid_from_random(bytes);
    uuid_format(&uuid, text);
    return put_text(claims, "/jti", text, err);
}

static int put_request(json_t *claims, const char *request, const char *job, struct err *err)
{
    char text[UUID_TEXT_SIZE];
    struct uuid uuid;
    int rc;

    if (!request && !job)
        return DONE;
    if (!request || !job)
        return err_set(err, FATAL, "USAGE", "--request-id and --job go together");
    if (!uuid_parse(slice_of(request), &uuid))
        return err_set(err, FATAL, "USAGE", "--request-id: \"%.40s\": expected a UUID", request);
    uuid_format(&uuid, text);
    rc = put_text(claims, "/request_id", text, err);
    return rc ? rc : put_text(claims, "/job_id", job, err);
}

static int require(const char *value, const char *how, struct err *err)
{
    return value ? 0 : err_set(err, FATAL, "USAGE", "token sign: %s is missing", how);
}

static int fill(const struct invocation *invocation, int64_t now_us, json_t *claims,
                struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    const struct auth_config *auth = &invocation->config->auth;
    const char *organization = arguments_value(arguments, "organization");
    const char *member = arguments_value(arguments, "member");
    const char *issuer = arguments_value(arguments, "issuer");
    const char *audience = arguments_value(arguments, "audience");
    const char *request = arguments_value(arguments, "request-id");
    const char *lifetime = arguments_value(arguments, "expires");
    int rc;

    if (!issuer)
        issuer = auth->issuer;
    if (!audience)
        audience = request ? auth->request_audience : auth->audience;
    rc = require(organization, "--organization", err);
    if (!rc)
        rc = require(member, "--member", err);
    if (!rc)
        rc = require(issuer, "--issuer, or the option auth.issuer,", err);
    if (!rc)
        rc = require(audience, "--audience, or the option auth.audience,", err);
    if (!rc)
        rc = put_text(claims, "/iss", issuer, err);
    if (!rc)
        rc = put_text(claims, "/aud", audience, err);
    if (!rc)
        rc = put_times(claims, lifetime ? lifetime : lifetime_default, now_us, err);
    if (!rc)
        rc = put_id(claims, err);
    if (!rc)
        rc = put_text(claims, auth->claims.member, member, err);
    if (!rc)
        rc = put_text(claims, auth->claims.organization, organization, err);
    if (!rc)
        rc = put_text(claims, auth->claims.role, arguments_value(arguments, "role"), err);
    if (!rc)
        rc = put_request(claims, request, arguments_value(arguments, "job"), err);
    for (size_t i = 1; !rc && i < arguments->positional_count; i++)
        rc = put_free(claims, arguments->positional[i], err);
    return rc;
}

int token_claims_build(const struct invocation *invocation, int64_t now_us, json_t **out,
                       struct err *err)
{
    json_t *claims = json_object();
    int rc = claims ? fill(invocation, now_us, claims, err) : err_no_memory(err);

    if (rc)
        json_decref(claims);
    else
        *out = claims;
    return rc;
}

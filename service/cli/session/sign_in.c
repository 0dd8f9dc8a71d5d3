// SPDX-License-Identifier: Apache-2.0
#include "cli/session/sign_in.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/time_us.h"
#include "cli/session/token_payload.h"
#include "cli/terminal/json_text.h"
#include "json/parse.h"

enum { VERSION = 1, RENEW_EARLY_S = 30, LIFETIME_UNTOLD_S = 60 };
static const json_int_t lifetime_max_s = INT64_C(10) * 365 * 24 * 3600;
static const char ends_at[] = "endsAt", renews_at[] = "renewsAt"; // seconds since 1970

char *sign_in_key(const char *url)
{
    return strndup(url, slice_without_slashes(slice_of(url)).size);
}

static int not_ours(const char *path, struct err *err)
{
    return err_set(err, FATAL, "CONFIGURATION",
                   "%.300s is no sign-in that this version can read: \"jobtrail logout\" removes "
                   "it, \"jobtrail login\" makes a new one",
                   path);
}

int sign_in_load(const char *path, json_t **out, struct err *err)
{
    struct buffer text = {0};
    json_error_t error;
    bool is_there, no_memory = false;
    int rc = state_read(path, &text, &is_there, err);

    *out = NULL;
    if (!rc && is_there) {
        *out = json_parse(buffer_slice(&text), &error, &no_memory);
        if (no_memory)
            rc = err_no_memory(err);
        else if (json_integer_value(json_object_get(*out, "version")) != VERSION)
            rc = not_ours(path, err);
    }
    if (text.data)
        explicit_bzero(text.data, text.size);
    buffer_free(&text);
    if (rc) {
        json_decref(*out);
        *out = NULL;
    }
    return rc;
}

int sign_in_save(struct state_writing *writing, const json_t *sign_in, struct err *err)
{
    char *text = json_text(sign_in, JSON_INDENT(2));
    int rc;

    if (!text)
        return err_no_memory(err);
    rc = state_write_end(writing, slice_of(text), err);
    explicit_bzero(text, strlen(text));
    free(text);
    return rc;
}

const char *sign_in_text(const json_t *sign_in, const char *name)
{
    const char *text = json_string_value(json_object_get(sign_in, name));

    return text ? text : "";
}

int sign_in_set(json_t *sign_in, const char *name, const char *text)
{
    if (text && *text)
        return json_object_set_new(sign_in, name, json_string(text));
    json_object_del(sign_in, name);
    return 0;
}

int sign_in_only(char **url, size_t *count, struct err *err)
{
    char path[PATH_MAX];
    json_t *sign_in = NULL;
    int rc = state_count(count, path, err);

    *url = NULL;
    if (rc || *count != 1)
        return rc;
    rc = sign_in_load(path, &sign_in, err);
    if (!rc && !(*url = strdup(sign_in_text(sign_in, SIGN_IN_URL))))
        rc = err_no_memory(err);
    json_decref(sign_in);
    return rc;
}

static int set_number(json_t *sign_in, const char *name, json_int_t number)
{
    return json_object_set_new(sign_in, name, json_integer(number));
}

// How long the access token lasts, in seconds: as the issuer says, or else the token itself.
static int find_lifetime(const json_t *tokens, json_int_t now_s, json_int_t *out, struct err *err)
{
    double told = json_number_value(json_object_get(tokens, "expires_in"));
    const json_t *access = json_object_get(tokens, "access_token");
    json_t *claims = NULL;
    int rc = DONE;

    if (!(told >= 1)) {
        rc = token_payload_read(
            (struct slice){json_string_value(access), json_string_length(access)}, &claims, err);
        told = json_number_value(json_object_get(claims, "exp")) - (double)now_s;
        json_decref(claims);
    }
    if (!(told >= 1))
        told = LIFETIME_UNTOLD_S;
    *out = told < (double)lifetime_max_s ? (json_int_t)told : lifetime_max_s;
    return rc;
}

int sign_in_take(json_t *sign_in, const json_t *tokens, int64_t now_us, struct err *err)
{
    const char *access = sign_in_text(tokens, "access_token");
    json_int_t now_s = now_us / US_PER_SECOND, lifetime_s = 0, early_s;
    int rc;

    if (!*access || strcasecmp(sign_in_text(tokens, "token_type"), "bearer") != 0)
        return err_set(err, FATAL, "NOT_AUTHENTICATED",
                       "the issuer's answer has no bearer token, which the API needs");
    rc = find_lifetime(tokens, now_s, &lifetime_s, err);
    if (rc)
        return rc;
    early_s = lifetime_s / 2 < RENEW_EARLY_S ? lifetime_s / 2 : RENEW_EARLY_S;
    if (set_number(sign_in, "version", VERSION) || sign_in_set(sign_in, SIGN_IN_ACCESS, access) ||
        set_number(sign_in, ends_at, now_s + lifetime_s) ||
        set_number(sign_in, renews_at, now_s + lifetime_s - early_s))
        return err_no_memory(err);
    if (*sign_in_text(tokens, "refresh_token") &&
        sign_in_set(sign_in, SIGN_IN_REFRESH, sign_in_text(tokens, "refresh_token")))
        return err_no_memory(err);
    if (*sign_in_text(tokens, "id_token") &&
        sign_in_set(sign_in, SIGN_IN_ID, sign_in_text(tokens, "id_token")))
        return err_no_memory(err);
    return DONE;
}

static bool has_passed(const json_t *sign_in, const char *name, int64_t now_us)
{
    return now_us / US_PER_SECOND >= json_integer_value(json_object_get(sign_in, name));
}

bool sign_in_is_due(const json_t *sign_in, int64_t now_us)
{
    return has_passed(sign_in, renews_at, now_us);
}

bool sign_in_has_ended(const json_t *sign_in, int64_t now_us)
{
    return has_passed(sign_in, ends_at, now_us);
}

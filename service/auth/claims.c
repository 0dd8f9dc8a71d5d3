// SPDX-License-Identifier: Apache-2.0
#include "auth/claims.h"

#include "base/time_us.h"
#include "base/utf8.h"
#include "json/parse.h"

#define GRACE_US INT64_C(60000000)
// The year 9999: past it, and before 1970, no clock of an issuer stands.
#define SECONDS_MAX 253402300799.0

// jansson goes 2048 deep; a token has no use for that, and our own walks recurse nowhere.
static bool is_too_deep(struct slice text)
{
    bool is_string = false;
    int depth = 0;

    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];

        if (is_string && byte == '\\')
            i++;
        else if (byte == '"')
            is_string = !is_string;
        else if (!is_string && (byte == '{' || byte == '[') && ++depth > JSON_DEPTH_MAX)
            return true;
        else if (!is_string && (byte == '}' || byte == ']'))
            depth--;
    }
    return false;
}

int claims_parse(struct slice text, json_t **out, struct err *err)
{
    json_error_t error;
    bool no_memory = false;
    json_t *json = is_too_deep(text) ? NULL : json_parse(text, &error, &no_memory);

    if (no_memory)
        return err_no_memory(err);
    if (!json_is_object(json)) {
        json_decref(json);
        return err_set(err, POISON, "TOKEN_MALFORMED",
                       "a part of the token is no JSON object, has a member twice, or is too deep");
    }
    *out = json;
    return DONE;
}

static bool is_text(const json_t *value, const char *text)
{
    return json_is_string(value) &&
           slice_equal((struct slice){json_string_value(value), json_string_length(value)},
                       slice_of(text));
}

static bool is_meant(const json_t *audience, const char *ours)
{
    for (size_t i = 0; i < json_array_size(audience); i++)
        if (is_text(json_array_get(audience, i), ours))
            return true;
    return is_text(audience, ours);
}

enum time_claim { TIME_ABSENT, TIME_READ, TIME_WRONG };

static enum time_claim read_time(const json_t *claims, const char *name, int64_t *out_us)
{
    const json_t *claim = json_object_get(claims, name);
    double seconds;

    if (!claim)
        return TIME_ABSENT;
    if (!json_is_number(claim))
        return TIME_WRONG;
    seconds = json_number_value(claim);
    if (!(seconds >= 0 && seconds <= SECONDS_MAX)) // so that NaN would be wrong, too
        return TIME_WRONG;
    *out_us = (int64_t)(seconds * (double)US_PER_SECOND);
    return TIME_READ;
}

static int wrong_time(struct err *err, const char *name)
{
    return err_set(err, POISON, "TOKEN_CLAIM", "the token's %s is missing or no point in time",
                   name);
}

int64_t claims_end_us(int64_t expires_at_us)
{
    return expires_at_us + GRACE_US;
}

static int check_times(const json_t *claims, int64_t now_us, int64_t *expires_at_us,
                       struct err *err)
{
    static const char *const beginnings[] = {"nbf", "iat"};
    int64_t time_us;

    if (read_time(claims, "exp", expires_at_us) != TIME_READ)
        return wrong_time(err, "exp");
    if (now_us >= claims_end_us(*expires_at_us))
        return err_set(err, POISON, "TOKEN_EXPIRED", "the token has expired");
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        enum time_claim read = read_time(claims, beginnings[i], &time_us);

        if (read == TIME_WRONG)
            return wrong_time(err, beginnings[i]);
        if (read == TIME_READ && now_us < time_us - GRACE_US)
            return err_set(err, POISON, "TOKEN_NOT_YET_VALID", "the token's %s is in the future",
                           beginnings[i]);
    }
    return DONE;
}

int claims_check(const json_t *claims, const struct expectation *expected, int64_t *expires_at_us,
                 struct err *err)
{
    if (!is_text(json_object_get(claims, "iss"), expected->issuer))
        return err_set(err, POISON, "TOKEN_ISSUER", "the token is not of the issuer %.200s",
                       expected->issuer);
    if (!is_meant(json_object_get(claims, "aud"), expected->audience))
        return err_set(err, POISON, "TOKEN_AUDIENCE", "the token is not for the audience %.200s",
                       expected->audience);
    return check_times(claims, expected->now_us, expires_at_us, err);
}

bool claims_pointer_is_valid(const char *text)
{
    if (*text != '/' || strlen(text) > POINTER_MAX_BYTES || !utf8_is_text(slice_of(text)))
        return false;
    for (; *text; text++)
        if (*text == '~' && text[1] != '0' && text[1] != '1')
            return false;
    return true;
}

size_t claims_pointer_next(const char **at, char name[POINTER_MAX_BYTES])
{
    size_t size = 0;

    for ((*at)++; **at && **at != '/' && size < POINTER_MAX_BYTES; (*at)++) {
        char byte = **at;

        if (byte == '~' && (*at)[1])
            byte = *++*at == '1' ? '/' : '~';
        name[size++] = byte;
    }
    return size;
}

const json_t *claims_find(const json_t *claims, const char *pointer)
{
    char name[POINTER_MAX_BYTES];

    while (*pointer && json_is_object(claims)) {
        size_t size = claims_pointer_next(&pointer, name);

        claims = json_object_getn(claims, name, size);
    }
    return *pointer ? NULL : claims;
}

struct slice claims_text(const json_t *claim)
{
    struct slice text = {json_string_value(claim), json_string_length(claim)};

    if (!text.data || !text.size || text.size > CLAIM_TEXT_MAX_BYTES || !utf8_is_text(text))
        return SLICE_NULL;
    return text;
}

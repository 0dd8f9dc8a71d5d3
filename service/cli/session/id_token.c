// SPDX-License-Identifier: Apache-2.0
#include "cli/session/id_token.h"

#include <stdlib.h>
#include <string.h>

#include "base/time_us.h"
#include "cli/session/token_payload.h"

enum { CLOCK_GRACE_S = 300 };

static bool is_text(const json_t *json, const char *text)
{
    return json_is_string(json) && !strcmp(json_string_value(json), text);
}

static bool is_for(const json_t *claims, const char *client_id)
{
    const json_t *audience = json_object_get(claims, "aud");
    bool is = is_text(audience, client_id);

    for (size_t i = 0; i < json_array_size(audience); i++)
        is |= is_text(json_array_get(audience, i), client_id);
    return is &&
           (json_array_size(audience) < 2 || is_text(json_object_get(claims, "azp"), client_id));
}

static int refuse(const char *why, struct err *err)
{
    return err_set(err, FATAL, "NOT_AUTHENTICATED", "the issuer's ID token %s: nobody is signed in",
                   why);
}

static int check_clocks(const json_t *claims, int64_t now_us, struct err *err)
{
    int64_t whole_s = now_us / US_PER_SECOND;
    double now_s = (double)whole_s;
    const json_t *issued = json_object_get(claims, "iat"), *ends = json_object_get(claims, "exp");
    double issued_s = json_number_value(issued), ends_s = json_number_value(ends);
    bool is_behind = issued_s > now_s + CLOCK_GRACE_S, is_ahead = ends_s + CLOCK_GRACE_S < now_s;
    char here[TIME_TEXT_SIZE];

    if (!json_is_number(issued) || !json_is_number(ends))
        return refuse("does not say when it begins and ends", err);
    if (!is_behind && !is_ahead)
        return DONE;
    time_format_us(now_us, here);
    return err_set(err, FATAL, "NOT_AUTHENTICATED",
                   "this machine's clock says %.19sZ, and is %s the issuer's by %.0f s at least: "
                   "set it, and sign in again",
                   here, is_behind ? "behind" : "ahead of",
                   is_behind ? issued_s - now_s : now_s - ends_s);
}

static int check(const json_t *claims, const struct id_token_expected *expected, struct err *err)
{
    if (!claims)
        return refuse("cannot be read", err);
    if (!is_text(json_object_get(claims, "iss"), expected->issuer))
        return refuse("is of another issuer", err);
    if (!is_for(claims, expected->client_id))
        return refuse("is for another client", err);
    if (expected->nonce && !is_text(json_object_get(claims, "nonce"), expected->nonce))
        return refuse("is of another sign-in", err);
    if (expected->subject && !is_text(json_object_get(claims, "sub"), expected->subject))
        return refuse("is of another member", err);
    return check_clocks(claims, expected->now_us, err);
}

int id_token_check(const json_t *tokens, const struct id_token_expected *expected, json_t **claims,
                   struct err *err)
{
    const json_t *token = json_object_get(tokens, "id_token");
    int rc;

    *claims = NULL;
    if (!json_is_string(token))
        return expected->nonce ? refuse("is missing", err) : DONE;
    rc = token_payload_read((struct slice){json_string_value(token), json_string_length(token)},
                            claims, err);
    if (!rc)
        rc = check(*claims, expected, err);
    if (rc) {
        json_decref(*claims);
        *claims = NULL;
    }
    return rc;
}

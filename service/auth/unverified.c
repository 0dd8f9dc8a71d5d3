// SPDX-License-Identifier: Apache-2.0
#include "auth/unverified.h"

#include <stdio.h>

#include "auth/claims.h"
#include "auth/token_header.h"

#define LATEST_S 32503680000.0 // the year 3000: what is later is no time that anybody meant

// The second of its three parts.
static struct slice payload_of(struct slice token)
{
    const char *end = token.data + token.size;
    const char *first = memchr(token.data, '.', token.size);
    const char *second = first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;

    return second ? (struct slice){first + 1, (size_t)(second - first - 1)} : SLICE_NULL;
}

bool token_look(struct slice token, int64_t *ends_s, char subject[TOKEN_SUBJECT_SIZE])
{
    const struct slice payload = token.size ? payload_of(token) : SLICE_NULL;
    json_t *claims, *end;
    double ends;
    struct slice whose;
    struct err err;

    if (!payload.size || token_part_read(payload, &claims, &err))
        return false;
    end = json_object_get(claims, "exp");
    ends = json_number_value(end); // 0 if it is none
    *ends_s = ends > 0 && ends < LATEST_S ? (int64_t)ends : 0;
    whose = claims_text(json_object_get(claims, "sub"));
    snprintf(subject, TOKEN_SUBJECT_SIZE, "%.*s", (int)whose.size, whose.data ? whose.data : "");
    json_decref(claims);
    return *ends_s > 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/session/token_payload.h"

#include <stdio.h>

#include "auth/base64url.h"
#include "auth/claims.h"
#include "base/time_us.h"

enum { TOKEN_PAYLOAD_MAX_BYTES = 64 * 1024 };

int token_payload_read(struct slice token, json_t **out, struct err *err)
{
    const char *first = token.size ? memchr(token.data, '.', token.size) : NULL;
    const char *last = NULL;
    struct buffer text;
    struct err why;
    int rc = DONE;

    *out = NULL;
    if (first)
        last = memchr(first + 1, '.', token.size - (size_t)(first + 1 - token.data));
    if (!last || last - first > TOKEN_PAYLOAD_MAX_BYTES)
        return DONE;
    buffer_init(&text);
    if (base64url_decode((struct slice){first + 1, (size_t)(last - first) - 1}, &text) &&
        !text.failed && claims_parse(buffer_slice(&text), out, &why) == RETRY)
        rc = err_no_memory(err);
    if (text.failed)
        rc = err_no_memory(err);
    buffer_free(&text);
    return rc;
}

// A moment of a token, in seconds; TIME_NONE.
static int64_t moment(const json_t *claims, const char *name)
{
    const json_t *claim = json_object_get(claims, name);
    double seconds = json_number_value(claim);

    if (!json_is_number(claim) || !(seconds > -1e11 && seconds < 1e11))
        return TIME_NONE;
    return (int64_t)seconds * US_PER_SECOND;
}

void token_payload_words(const json_t *claims, int64_t now_us, char out[TOKEN_WORDS_SIZE])
{
    int64_t expires_us = moment(claims, "exp"), begins_us = moment(claims, "nbf");
    char text[TIME_TEXT_SIZE];

    *out = '\0';
    if (!claims) {
        snprintf(out, TOKEN_WORDS_SIZE, "it is not a signed token (JWT)");
    } else if (expires_us != TIME_NONE && expires_us <= now_us) {
        time_format_us(expires_us, text);
        snprintf(out, TOKEN_WORDS_SIZE, "it expired at %.19sZ", text);
    } else if (begins_us != TIME_NONE && begins_us > now_us) {
        time_format_us(begins_us, text);
        snprintf(out, TOKEN_WORDS_SIZE, "it is valid from %.19sZ only", text);
    }
}

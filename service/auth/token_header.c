// SPDX-License-Identifier: Apache-2.0
#include "auth/token_header.h"

#include <strings.h>

#include "auth/base64url.h"
#include "auth/claims.h"

static int malformed(struct err *err, const char *why)
{
    return err_set(err, POISON, "TOKEN_MALFORMED", "%s", why);
}

// Exactly three parts, none empty: "header.payload.signature".
static bool split(struct slice compact, struct slice parts[3])
{
    const char *at = compact.data, *end = at + compact.size;

    for (int i = 0; i < 3; i++) {
        const char *dot = memchr(at, '.', (size_t)(end - at));

        if ((i < 2) != (dot != NULL))
            return false;
        parts[i] = (struct slice){at, (size_t)((dot ? dot : end) - at)};
        if (!parts[i].size)
            return false;
        at = dot ? dot + 1 : end;
    }
    return true;
}

int token_part_read(struct slice part, json_t **out, struct err *err)
{
    struct buffer bytes = {0};
    int rc;

    if (!base64url_decode(part, &bytes))
        rc = malformed(err, "a part of the token is not base64url");
    else if (bytes.failed)
        rc = err_no_memory(err);
    else
        rc = claims_parse(buffer_slice(&bytes), out, err);
    buffer_free(&bytes);
    return rc;
}

static int read_signature(struct slice part, struct buffer *out, struct err *err)
{
    if (!base64url_decode(part, out))
        return malformed(err, "the token's signature is not base64url");
    return out->failed ? err_no_memory(err) : 0;
}

static bool is_known_type(const json_t *type)
{
    const char *text = json_string_value(type);

    if (!text)
        return false;
    if (!strncasecmp(text, "application/", sizeof "application/" - 1))
        text += sizeof "application/" - 1;
    return !strcasecmp(text, "JWT") || !strcasecmp(text, "at+jwt");
}

static int read_header(struct token_header *header, struct err *err)
{
    const json_t *algorithm = json_object_get(header->json, "alg");
    const json_t *type = json_object_get(header->json, "typ");
    const json_t *key_id = json_object_get(header->json, "kid");

    if (json_object_get(header->json, "crit"))
        return err_set(err, POISON, "TOKEN_CRITICAL",
                       "the token has a crit header, and there is no extension that we know");
    if (!json_is_string(algorithm) ||
        !algorithm_read(json_string_value(algorithm), &header->algorithm))
        return err_set(err, POISON, "TOKEN_ALGORITHM",
                       "the token's alg is none of RS256, PS256 and ES256");
    if (type && !is_known_type(type))
        return err_set(err, POISON, "TOKEN_TYPE", "the token's typ is neither JWT nor at+jwt");
    if (key_id && !json_string_length(key_id))
        return err_set(err, POISON, "TOKEN_KEY_UNKNOWN", "the token's kid is no text, or empty");
    header->key_id = json_string_value(key_id);
    return DONE;
}

int token_header_read(struct slice compact, struct token_header *out, struct err *err)
{
    struct slice parts[3];
    int rc;

    *out = (struct token_header){0};
    if (compact.size > TOKEN_MAX_BYTES)
        return err_set(err, POISON, "TOKEN_TOO_LONG",
                       "the token has %zu bytes, more than %d: let its issuer leave claims out",
                       compact.size, TOKEN_MAX_BYTES);
    if (!compact.size || !split(compact, parts))
        return malformed(err, "the token is not three parts");
    out->signed_text = (struct slice){compact.data, parts[0].size + 1 + parts[1].size};
    out->payload = parts[1];
    rc = read_signature(parts[2], &out->signature, err);
    if (!rc)
        rc = token_part_read(parts[0], &out->json, err);
    if (!rc)
        rc = read_header(out, err);
    if (rc)
        token_header_close(out);
    return rc;
}

void token_header_close(struct token_header *header)
{
    json_decref(header->json);
    buffer_free(&header->signature);
    *header = (struct token_header){0};
}

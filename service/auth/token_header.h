// SPDX-License-Identifier: Apache-2.0
// A token taken apart (RFC 7515, compact form), before any signature is looked at: its three parts
// and what its header says. What a header could use to bring its own key (jku, x5u, jwk, x5c) is
// not even read.
#pragma once

#include <jansson.h>

#include "auth/public_key.h"
#include "base/buffer.h"

enum { TOKEN_MAX_BYTES = 16 * 1024 };

struct token_header {
    json_t *json;       // owned
    const char *key_id; // borrowed from json; NULL: the token names none
    enum algorithm algorithm;
    struct slice signed_text; // the first two parts with their dot, borrowed from the token
    struct slice payload;     // still in base64url, borrowed from the token
    struct buffer signature;  // owned: its bytes
};

// 0 with a header to close; POISON: TOKEN_TOO_LONG, TOKEN_MALFORMED, TOKEN_ALGORITHM, TOKEN_TYPE,
// TOKEN_CRITICAL, TOKEN_KEY_UNKNOWN (a kid that is no text); RETRY without memory.
int token_header_read(struct slice compact, struct token_header *out, struct err *err);
void token_header_close(struct token_header *header);

// One part of a token, from base64url to a JSON object (auth/claims.h).
int token_part_read(struct slice part, json_t **out, struct err *err);

// SPDX-License-Identifier: Apache-2.0
// The payload of a token: a JSON object of claims, what every token must claim, and finding a
// claim. Knows nothing of signatures: whoever reads claims here has verified them, or trusts none.
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "base/slice.h"

enum { CLAIM_TEXT_MAX_BYTES = 255, POINTER_MAX_BYTES = 512, JSON_DEPTH_MAX = 32 };

// One part of a token as JSON: an object, without members twice, at most JSON_DEPTH_MAX deep. A new
// reference; POISON (TOKEN_MALFORMED), or RETRY without memory.
int claims_parse(struct slice text, json_t **out, struct err *err);

struct expectation {
    const char *issuer, *audience;
    int64_t now_us; // the moment that the token is held against
};

// iss and aud byte for byte; exp, and nbf and iat if they are there, with 60 s of grace. 0 with
// the expiry; POISON: TOKEN_ISSUER, TOKEN_AUDIENCE, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID,
// TOKEN_CLAIM.
int claims_check(const json_t *claims, const struct expectation *expected, int64_t *expires_at_us,
                 struct err *err);

// The first moment at which a token of that expiry is refused: the grace has passed.
int64_t claims_end_us(int64_t expires_at_us);

// Whether text is a JSON pointer (RFC 6901) to a member of an object, like "/realm/role".
bool claims_pointer_is_valid(const char *text);
// The next name of a valid pointer, whose '/' *at stands on, without its escapes; its size. *at
// moves on, to the end of the text at last.
size_t claims_pointer_next(const char **at, char name[POINTER_MAX_BYTES]);
// What a valid pointer points to, through objects alone; NULL: nothing.
const json_t *claims_find(const json_t *claims, const char *pointer);
// The text of a claim: absent unless it is a string of 1 to 255 bytes that PostgreSQL's text can
// hold. Borrowed from the claim.
struct slice claims_text(const json_t *claim);

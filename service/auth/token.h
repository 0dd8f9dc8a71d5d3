// SPDX-License-Identifier: Apache-2.0
// Signed tokens (JWT): verifies one against a key set, an issuer and an audience, and tells what it
// claims. Tokens never come out in an error or a log line. Thread-safe.
#pragma once

#include "auth/key_set.h"
#include "base/err.h"
#include "base/slice.h"

struct verifier;
struct token;

struct verifier_options {
    struct key_set *keys; // borrowed; others may use it too
    const char *issuer, *audience;
};

// Strings are copied. RETRY without memory; FATAL with reason CONFIGURATION for an empty issuer or
// audience.
int verifier_new(const struct verifier_options *options, struct verifier **out, struct err *err);
void verifier_free(struct verifier *verifier);

// now_us: the moment to judge at, of the wall clock. May wait for the key set.
// 0 with a token that the caller frees. POISON, when this token will not do: TOKEN_TOO_LONG,
// TOKEN_MALFORMED, TOKEN_ALGORITHM, TOKEN_TYPE, TOKEN_CRITICAL, TOKEN_KEY_UNKNOWN, TOKEN_SIGNATURE,
// TOKEN_ISSUER, TOKEN_AUDIENCE, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, TOKEN_CLAIM. RETRY, when it
// cannot be told: KEY_SET_UNREACHABLE (no keys were ever read), KEY_SET_ASKED (its key is not
// known, and somebody else asks for newer ones at this moment), OUT_OF_MEMORY.
int verifier_verify(struct verifier *verifier, struct slice compact, int64_t now_us,
                    struct token **out, struct err *err);
void token_free(struct token *token);

// Without the 60 s of grace.
int64_t token_expires_at_us(const struct token *token);
// With it: the first moment at which verifier_verify refuses the token as expired. Whatever lasts,
// as a live stream does, ends then, so that nobody is sent away with a token that is taken again.
int64_t token_ends_at_us(const struct token *token);
// The text that a valid JSON pointer (claims_pointer_is_valid) points to: absent unless it is a
// string of 1 to 255 bytes, UTF-8 and without U+0000. Borrowed from the token.
struct slice token_text(const struct token *token, const char *pointer);

// For auth/identity.c: the claims, as auth/claims.h reads them. Borrowed.
const json_t *token_claims(const struct token *token);

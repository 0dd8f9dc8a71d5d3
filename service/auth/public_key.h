// SPDX-License-Identifier: Apache-2.0
// One public key that a token may be signed with, read from a JWK (RFC 7517). Only what verifies
// signatures of the three algorithms we allow: RSA of 2048 to 8192 bits (RS256, PS256) and EC
// P-256 (ES256). Immutable; any thread may verify with it.
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "base/slice.h"

enum algorithm { ALGORITHM_RS256, ALGORITHM_PS256, ALGORITHM_ES256, ALGORITHM_COUNT };

// Exactly as registered, in its case; false for any other, "none" and HMAC among them.
bool algorithm_read(const char *name, enum algorithm *out) MUST_CHECK;

struct public_key;

// 0 with a key that the caller frees. POISON (KEY_UNUSABLE), the text saying why without any of the
// key; RETRY without memory.
int public_key_read(const json_t *jwk, struct public_key **out, struct err *err);
void public_key_free(struct public_key *key);

const char *public_key_id(const struct public_key *key); // NULL: none
bool public_key_fits(const struct public_key *key, enum algorithm algorithm);

// compact: a token whose header names an algorithm that the key fits. 0, POISON (TOKEN_SIGNATURE),
// or RETRY without memory.
int public_key_verify(const struct public_key *key, struct slice compact, struct err *err);

// SPDX-License-Identifier: Apache-2.0
// Keys and signatures for tokens of a try-out. A deployment's tokens come from its identity
// provider, which keeps its keys better than a file does.
#pragma once

#include <jansson.h>

#include "base/buffer.h"
#include "base/err.h"

// algorithm: "ES256" or "RS256". A new key: the private one as a JWK, the public one as a JWK set
// for auth.jwks, each with a newline at its end. FATAL, RETRY without memory.
int token_key_make(const char *algorithm, struct buffer *private_key, struct buffer *public_set,
                   struct err *err);
// private_key: what token_key_make wrote. Appends the token.
int token_key_sign(struct slice private_key, const json_t *claims, struct buffer *token,
                   struct err *err);

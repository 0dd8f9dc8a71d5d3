// SPDX-License-Identifier: Apache-2.0
// Signatures that were found to be right, so that whoever asks again and again with one token is
// verified once: the signature alone, for everything else about a token (when it ends, for whom it
// is) is judged each time. Thread-safe.
#pragma once

#include "auth/public_key.h"

enum { PROVEN_MAX = 4096, PROVEN_DIGEST_BYTES = 32 };

struct proven;

// By which key and algorithm, of which text, and the signature's bytes.
struct signed_text {
    const struct public_key *key; // told from others by its address: it must live as long as proven
    enum algorithm algorithm;
    struct slice text, signature;
};

struct proof {
    unsigned char digest[PROVEN_DIGEST_BYTES]; // SHA-256 over all of a signed_text
};

// NULL without memory.
struct proven *proven_new(void);
void proven_free(struct proven *proven); // accepts NULL
// False without memory: nothing can be said of it.
bool proof_make(const struct signed_text *signed_text, struct proof *out) MUST_CHECK;
bool proven_has(struct proven *proven, const struct proof *proof);
// Only what was verified. It takes the place of another one.
void proven_add(struct proven *proven, const struct proof *proof);

// SPDX-License-Identifier: Apache-2.0
// The usable keys of one JWK set, as it was read once, and what they were seen to have signed: with
// the set all of that is forgotten. Shared by threads: each holder has one hold on it and lets it
// go when done.
#pragma once

#include "auth/public_key.h"

enum { KEYS_TEXT_MAX_BYTES = 1 << 20, KEYS_MAX = 100 };

struct keys;

// Keys that are not usable are left out, and each is logged with the reason, by its place in the
// set. 0 with one hold; POISON (KEY_SET_MALFORMED) if the text is no set of at most KEYS_MAX keys;
// RETRY without memory.
int keys_read(struct slice text, struct keys **out, struct err *err);
struct keys *keys_hold(struct keys *keys);
void keys_let_go(struct keys *keys); // NULL is let go, too

size_t keys_count(const struct keys *keys);
// The one key that fits the algorithm and has this id (kid NULL: any); NULL if there is none, or
// more than one: then it cannot be told which is meant.
const struct public_key *keys_find(const struct keys *keys, const char *kid,
                                   enum algorithm algorithm);
// As public_key_verify, by one of these keys: what was verified once is only looked up.
int keys_verify(struct keys *keys, const struct public_key *key, enum algorithm algorithm,
                struct slice text, struct slice signature, struct err *err);

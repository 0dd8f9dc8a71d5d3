// SPDX-License-Identifier: Apache-2.0
// The keys that tokens are verified with, kept fresh. Thread-safe; several verifiers may share one.
//
// A file is read at first use and again when it changed (looked at once a second at most). An
// address is asked at first use, when the keys are older than the refresh time (again after ten
// seconds if that fails), and for a key that is not known, at most once a second. What fails keeps
// the keys that are there, and is logged. An address is read by a thread of the set's own: once
// there are keys, only who brings one that is not known waits, for a second, and only one of them.
#pragma once

#include "auth/key_source.h"

struct key_set;

struct key_set_options {
    struct key_source_options source;
    int64_t refresh_ms;
    int64_t (*monotonic_us)(void *self); // NULL: the machine's clock
    void *self;
};

// Reads nothing yet. FATAL and RETRY as key_source_new; RETRY without a thread.
int key_set_new(const struct key_set_options *options, struct key_set **out, struct err *err);
// No verifier may use it any more. Waits for a reading that is under way, within its time limit.
void key_set_free(struct key_set *set);

// The keys to verify with now; the caller lets them go. Waits for the source until there are any.
// RETRY with KEY_SET_UNREACHABLE if none were ever read, or without memory.
int key_set_take(struct key_set *set, struct keys **out, struct err *err);
// After a key was not found in seen, which key_set_take gave: newer keys, or seen again if the
// source may not be asked now or has nothing newer. *is_asked: it is being asked right now, so that
// what is not there may be there in a moment. The caller lets them go, and seen too.
struct keys *key_set_take_newer(struct key_set *set, struct keys *seen, bool *is_asked);

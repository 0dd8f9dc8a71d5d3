// SPDX-License-Identifier: Apache-2.0
// The ledger of cancel requests as it grows and its outcomes change, asked for again and again over
// one connection. Memory is bounded (store/ledger/followed.h). Belongs to one thread.
#pragma once

#include "store/ledger/cancellations.h"

struct cancellations_watch;

// conninfo and the filter's texts are borrowed for the watch's life. The filter's outcome is for
// what is told, not for what is followed: a request is told when it comes to have that outcome.
// RETRY without memory. Connects when it is first polled.
int cancellations_watch_new(const char *conninfo, const struct cancellations_filter *filter,
                            struct cancellations_watch **out, struct err *err);
void cancellations_watch_free(struct cancellations_watch *watch);
// The first time visits the newest, limit at most, the oldest of them first; from then on those
// that are new or whose outcome changed, limit being of no account. now_us never goes back.
// After a failure the connection is given up and the next call makes another; what was visited by
// an earlier call is not visited again.
int cancellations_watch_poll(struct cancellations_watch *watch, int limit, int64_t now_us,
                             const struct cancellations_visitor *visitor, struct err *err);

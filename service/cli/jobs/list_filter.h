// SPDX-License-Identifier: Apache-2.0
// The filters of "jobtrail list" as the API's query: the same for its list and its stream.
#pragma once

#include "base/buffer.h"
#include "cli/terminal/arguments.h"

// The flags it reads, for the command's table.
#define LIST_FILTER_FLAGS                                                                          \
    {"type", "TYPES",                                                                              \
     "only jobs of these types, separated by commas; one in a type has a backslash before it", 0}, \
        {"status", "STATUSES",                                                                     \
         "only those that are accepted, running, successful, failed or dismissed; several "        \
         "separated by commas; cancelled and the like are taken, too",                             \
         0},                                                                                       \
        {"since", "TIME",                                                                          \
         "only those created since: 1h30m or 2d ago, today, yesterday, 16:00, 2026-11-23 or "      \
         "2026-11-23T16:00 (local time), 2026-11-23T15:00:00Z",                                    \
         0},                                                                                       \
        {"until", "TIME", "only those created until then, likewise; a day ends with its end", 0},  \
        {"min-duration", "LENGTH", "only those that ran, or run, so long at least: 90s, 5m", 0},   \
        {"max-duration", "LENGTH", "only those that ran, or run, so long at most", 0},             \
        {"creator", "ID", "only those that this member created; me: that I did", 0},               \
        {"mine", NULL, "only those that I created", 'm'},                                          \
    {                                                                                              \
        "search", "TEXT",                                                                          \
            "only those with this text in id, type or message, or for who sees everybody's jobs "  \
            "in the creator, among the newest; and the one whose id it is",                        \
            0                                                                                      \
    }

// Appends to query. now_us: what "1h" ago is counted from. FATAL (USAGE); look at query->failed.
int list_filter_read(const struct arguments *arguments, int64_t now_us, struct buffer *query,
                     struct err *err);

// SPDX-License-Identifier: Apache-2.0
// The filters of "jobtrail list" as the API's query: the same for its list and its stream.
#pragma once

#include "base/buffer.h"
#include "cli/terminal/arguments.h"

// The flags it reads, for the command's table.
#define LIST_FILTER_FLAGS                                                                          \
    {"type", "TYPES", "only jobs of these types, separated by commas", 0},                         \
        {"status", "STATUSES",                                                                     \
         "only those that are accepted, running, successful, failed or dismissed; several "        \
         "separated by commas",                                                                    \
         0},                                                                                       \
        {"since", "TIME", "only those created at TIME or later, 2026-11-23 or in full", 0},        \
        {"until", "TIME", "only those created at TIME or earlier", 0},                             \
        {"min-duration", "SECONDS", "only those that ran, or run, so long at least", 0},           \
        {"max-duration", "SECONDS", "only those that ran, or run, so long at most", 0},            \
        {"creator", "ID", "only those that this member created; me: that I did", 0},               \
        {"mine", NULL, "only those that I created", 'm'},                                          \
    {                                                                                              \
        "search", "TEXT", "only those with this text in id, type or message, among the newest", 0  \
    }

// Appends to query. FATAL (USAGE); look at query->failed.
int list_filter_read(const struct arguments *arguments, struct buffer *query, struct err *err);

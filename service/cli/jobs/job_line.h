// SPDX-License-Identifier: Apache-2.0
// How far one job is, in one line. Pure. Look at out->failed afterwards.
#pragma once

#include <jansson.h>

#include "base/buffer.h"
#include "cli/terminal/time_words.h"

// "2026-11-23T15:03:11Z  running  40 %  120 of 300 tiles".
void job_line_plain(const json_t *job, enum time_style times, int64_t now_us, struct buffer *out);
// "[#####.......]  40 %  running  about 3 min left  120 of 300 tiles", cut to so many columns.
void job_line_bar(const json_t *job, size_t columns, struct buffer *out);
// How long it still takes at the pace of its attempt so far, in seconds; -1: that is not known.
int64_t job_seconds_left(const json_t *job);

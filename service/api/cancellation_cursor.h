// SPDX-License-Identifier: Apache-2.0
// Where a page of a job's cancel requests begins, as a text that clients send back, maybe altered.
// It has nothing in it but what the request before shows of itself, and grants nothing.
#pragma once

#include "base/buffer.h"
#include "store/reader/job_reader.h"

void cancellation_cursor_write(struct buffer *out, const struct cancellation_cursor *cursor);
// False for a text that cancellation_cursor_write cannot have written, or without memory.
bool cancellation_cursor_read(struct slice text, struct cancellation_cursor *out) MUST_CHECK;

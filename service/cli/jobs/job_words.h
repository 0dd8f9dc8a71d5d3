// SPDX-License-Identifier: Apache-2.0
// A job of the API in a person's words. Pure.
#pragma once

#include <jansson.h>

#include "base/buffer.h"

enum { JOB_TIME_SIZE = 32 };

// The moment of a member to the second, "2026-11-23T15:00:00Z"; false without one.
bool job_time(const json_t *object, const char *name, char out[JOB_TIME_SIZE]);
// "running", and what was derived when it was read: "running, cancelling, silent". Appended; look
// at out->failed. Fit for a terminal.
void job_status_words(const json_t *job, struct buffer *out);
// Whether it is successful, failed or dismissed.
bool job_has_ended(const json_t *job);
// 0 to 100; -1 if it stated none.
int job_progress(const json_t *job);

// SPDX-License-Identifier: Apache-2.0
// One job on the live stream.
#pragma once

#include "cli/api/api_stream.h"

// The query that lets as little else through as may be, NUL-terminated, and the place from which a
// stream misses nothing that happens after this call. TOO_OLD for a server without a stream.
int job_stream_find(struct api_client *client, const char *job_id, struct buffer *query,
                    struct fetch_header *from, struct err *err);
// Whether the news are of that job, or such that anything may have happened to it.
bool job_stream_concerns(const struct stream_news *news, const char *job_id);

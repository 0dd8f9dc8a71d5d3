// SPDX-License-Identifier: Apache-2.0
// One job on the live stream.
#pragma once

#include "cli/api/api_stream.h"

// The query of a stream that has this job and as few others as possible, NUL-terminated, and the
// position from which it misses nothing that happens after this call. As api_get and
// api_stream_require.
int job_stream_find(struct api_client *client, const char *job_id, struct buffer *query,
                    struct fetch_header *from, struct err *err);
// Whether the news are of that job, or say that something was missed.
bool job_stream_concerns(const struct stream_news *news, const char *job_id);

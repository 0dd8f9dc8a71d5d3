// SPDX-License-Identifier: Apache-2.0
// What opening a client and asking with it share. Nobody else includes this.
#pragma once

#include "cli/api/api_client.h"
#include "cli/session/signed_in.h"

enum { ANSWER_MAX_BYTES = 64 * 1024 * 1024, TIMEOUT_MS = 30 * 1000 };

struct api_client {
    struct api_settings settings; // borrowed from the invocation
    struct signed_in *signed_in;  // whose token it is; NULL: one that was given
    struct fetcher *fetcher;
    struct buffer token; // without a NUL; wiped
    json_t *claims;      // of the token; NULL: none can be read
    char *organization;
    struct buffer answer;
    int64_t ahead_us; // how far the server's clock is before ours
};

// Before a question: where somebody is signed in, a token that lasts.
int api_client_prepare(struct api_client *client, struct err *err);

// Appends what is asked for, from /organizations on, without the query.
void api_write_path(struct buffer *out, const struct api_client *client,
                    const struct api_question *question);
// The whole address, NUL-terminated.
void api_write_url(struct buffer *out, const struct api_client *client,
                   const struct api_question *question);

// SPDX-License-Identifier: Apache-2.0
// One request to a registry, tried at each of its URLs in order until one answers. Thread-safe.
//
// Credentials go to the configured URLs only: redirects are not followed. Neither they nor what a
// registry answers is ever logged.
#pragma once

#include "base/buffer.h"
#include "base/err.h"
#include "registry/registry.h"

struct registry_http;

// NULL with err filled: FATAL for an unusable URL or CA file, RETRY without memory.
struct registry_http *registry_http_new(const struct registry_options *options, struct err *err);
void registry_http_free(struct registry_http *http);

// GET, or POST if body is not NULL, of a path below the base URL, which the caller has escaped.
// 0 with the status and the answer (at most REGISTRY_ANSWER_MAX_BYTES); RETRY with the given reason
// if no URL gave an answer that counts (a status below 300, or 400 to 499 without 408 and 429), or
// with FETCH_TOO_LARGE.
int registry_http_ask(struct registry_http *http, const char *path, const char *body,
                      const char *unreachable_reason, long *status, struct buffer *answer,
                      struct err *err);

// Ends what is being asked, by whatever thread, within a second, and any later question likewise.
void registry_http_give_up(struct registry_http *http);

enum { REGISTRY_ANSWER_MAX_BYTES = 1 << 20 };

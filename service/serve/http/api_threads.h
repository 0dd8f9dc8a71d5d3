// SPDX-License-Identifier: Apache-2.0
// The threads that answer requests, each with a connection to the read model of its own.
#pragma once

#include "serve/http/api_listener.h"

struct api_threads;
struct open_request;

// RETRY without memory or threads.
int api_threads_start(const struct api_listener_options *options, struct api_threads **out,
                      struct err *err);
// The request's connection must be suspended; it is resumed when the answer is made. False: the
// threads are finishing, and the request stays the caller's.
bool api_threads_take_on(struct api_threads *threads, struct open_request *open);
// Whether any of them reaches the read model.
bool api_threads_are_ready(const struct api_threads *threads);
// The same; appends a line of /readyz, in the name of who, where none does.
bool api_threads_tell(const struct api_threads *threads, const char *who, struct buffer *reasons);
// Takes on nothing more, and returns when all is answered. May be called twice. Accepts NULL.
void api_threads_finish(struct api_threads *threads);
// Finishes them first. Accepts NULL.
void api_threads_free(struct api_threads *threads);

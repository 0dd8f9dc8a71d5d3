// SPDX-License-Identifier: Apache-2.0
// Who is asked to stop, or cannot go on, leaves in time, also while a server is silent: a name that
// does not resolve, a connection that nobody answers, a group that nobody leads. Leaving early
// harms nothing: a batch is one transaction, and positions go with it.
#pragma once

#include <pthread.h>
#include <stdbool.h>

struct leaving {
    pthread_t thread;
    int done_fd, exit_status;
    bool watched;
};

// Unless leaving_end is called in time, the process ends with this status and a word in the log.
// Without a thread or descriptor nobody watches.
void leaving_begin(struct leaving *leaving, int exit_status);
void leaving_end(struct leaving *leaving);

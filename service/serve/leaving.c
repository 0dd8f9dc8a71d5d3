// SPDX-License-Identifier: Apache-2.0
#include "serve/leaving.h"

#include <poll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wake.h"

// Supervisors give ten seconds and more (docker stop gives ten).
enum { LEAVE_MS = 8500 };

static void *watch(void *argument)
{
    const struct leaving *leaving = argument;
    struct pollfd done = {.fd = leaving->done_fd, .events = POLLIN};

    if (poll(&done, 1, LEAVE_MS))
        return NULL;
    log_warn("serve", "stopped without waiting for a server that does not answer: what was not "
                      "committed is read again");
    // Not exit: the threads that wait still use what it would tear down.
    _exit(leaving->exit_status);
}

void leaving_begin(struct leaving *leaving, int exit_status)
{
    leaving->exit_status = exit_status;
    leaving->done_fd = wake_open();
    leaving->watched =
        leaving->done_fd >= 0 && !pthread_create(&leaving->thread, NULL, watch, leaving);
}

void leaving_end(struct leaving *leaving)
{
    if (leaving->watched) {
        wake_up(leaving->done_fd);
        pthread_join(leaving->thread, NULL);
    }
    if (leaving->done_fd >= 0)
        close(leaving->done_fd);
}

// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include "serve/retention/retention_private.h"

bool retention_rest(struct retention_part *part, int64_t rest_us)
{
    struct pollfd wake = {.fd = part->wake_fd, .events = POLLIN};

    poll(&wake, 1, (int)((rest_us + 999) / 1000));
    return !part->finishing;
}

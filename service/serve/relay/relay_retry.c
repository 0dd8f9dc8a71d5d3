// SPDX-License-Identifier: Apache-2.0
// What the relay does about a failure, of whichever part: it says so now and then, and comes again.
#include "base/backoff.h"
#include "base/clock.h"
#include "serve/relay/relay_private.h"

enum { COMPLAIN_EVERY_US = 10 * 1000 * 1000 };

void relay_failed(struct relay *relay, struct relay_retry *retry, const char *message,
                  const struct err *err)
{
    int64_t now_us = clock_monotonic_us();

    if (err->disposition == FATAL)
        process_fail(relay->process, err);
    retry->at_us = now_us + backoff_us(retry->failures++);
    trouble_tell(&retry->trouble, err->reason, now_us);
    if (now_us < retry->complain_at_us)
        return;
    retry->complain_at_us = now_us + COMPLAIN_EVERY_US;
    log_warn("relay", message, LOG_ERR(err));
}

void relay_worked(struct relay_retry *retry)
{
    retry->failures = 0;
    trouble_end(&retry->trouble);
}

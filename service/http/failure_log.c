// SPDX-License-Identifier: Apache-2.0
#include "http/failure_log.h"

#include <string.h>

#include "base/log.h"
#include "base/time_us.h"

void failure_log_init(struct failure_log *log)
{
    *log = (struct failure_log){0};
    pthread_mutex_init(&log->mutex, NULL);
}

void failure_log_destroy(struct failure_log *log)
{
    pthread_mutex_destroy(&log->mutex);
}

static struct failure_kind *find(struct failure_log *log, const char *reason)
{
    struct failure_kind *oldest = log->kinds;

    for (size_t i = 0; i < FAILURE_KINDS; i++) {
        struct failure_kind *kind = &log->kinds[i];

        if (kind->reason && !strcmp(kind->reason, reason))
            return kind;
        if (oldest->reason && (!kind->reason || kind->told_at_us < oldest->told_at_us))
            oldest = kind;
    }
    *oldest = (struct failure_kind){.reason = reason, .told_at_us = INT64_MIN / 2};
    return oldest;
}

bool failure_log_counts(struct failure_log *log, const char *reason, int64_t now_us,
                        uint64_t *unsaid)
{
    struct failure_kind *kind;
    bool told;

    pthread_mutex_lock(&log->mutex);
    kind = find(log, reason);
    told = now_us - kind->told_at_us >= US_PER_SECOND;
    if (told) {
        *unsaid = kind->unsaid;
        kind->unsaid = 0;
        kind->told_at_us = now_us;
    } else {
        kind->unsaid++;
    }
    pthread_mutex_unlock(&log->mutex);
    return told;
}

void failure_log_tell(struct failure_log *log, const struct err *err, int64_t now_us)
{
    uint64_t unsaid = 0;

    if (!log || failure_log_counts(log, err->reason, now_us, &unsaid))
        log_warn("http", "a request could not be answered", LOG_ERR(err),
                 LOG_INT("unsaid", unsaid));
}

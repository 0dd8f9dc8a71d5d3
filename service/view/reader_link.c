// SPDX-License-Identifier: Apache-2.0
#include "view/reader_link.h"

#include "base/log.h"

enum { FRESH_FOR_US = 100 * 1000 };

int reader_link_connect(struct reader_link *link, int64_t monotonic_us, struct err *err)
{
    int rc;

    job_reader_notice_end(link->reader);
    if (job_reader_is_connected(link->reader))
        return DONE;
    link->is_ready = link->has_freshness = false;
    if (monotonic_us < link->connecting.until_us) {
        *err = link->why;
        return (int)err->disposition;
    }
    rc = job_reader_connect(link->reader, err);
    link->is_ready = !rc;
    if (!rc) {
        backoff_end(&link->connecting);
        return DONE;
    }
    log_warn("http", "the read model cannot be asked", LOG_ERR(err));
    link->why = *err;
    backoff_fail(&link->connecting, monotonic_us);
    return rc;
}

int reader_link_freshness(struct reader_link *link, const char *const *event_topics,
                          int64_t monotonic_us, struct viewed_freshness *out, struct err *err)
{
    int rc;

    if (!link->has_freshness || monotonic_us >= link->freshness_at_us + FRESH_FOR_US) {
        rc = job_reader_freshness(link->reader, event_topics, &link->freshness, err);
        if (rc)
            return rc;
        link->has_freshness = link->freshness.as_of_us != TIME_NONE;
        link->freshness_at_us = monotonic_us;
    }
    *out = link->freshness;
    return DONE;
}

static struct known_position *place_of(struct reader_link *link, int32_t partition)
{
    return &link->positions[(uint32_t)partition % LINK_POSITIONS];
}

int reader_link_position(struct reader_link *link, const char *const *event_topics,
                         int32_t partition, int64_t monotonic_us, int64_t *next_offset,
                         struct err *err)
{
    const struct source source = {.topic = slice_of(event_topics[0]), .partition = partition};
    int rc = job_reader_position(link->reader, &source, next_offset, err);

    if (!rc)
        *place_of(link, partition) = (struct known_position){partition, *next_offset, monotonic_us};
    return rc;
}

int reader_link_look(struct reader_link *link, const char *const *event_topics, int32_t partition,
                     int64_t monotonic_us, int64_t *next_offset, struct err *err)
{
    const struct known_position *known = place_of(link, partition);

    if (!known->at_us || known->partition != partition ||
        monotonic_us >= known->at_us + FRESH_FOR_US)
        return reader_link_position(link, event_topics, partition, monotonic_us, next_offset, err);
    *next_offset = known->next_offset;
    return DONE;
}

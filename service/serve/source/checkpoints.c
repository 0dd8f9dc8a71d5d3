// SPDX-License-Identifier: Apache-2.0
#include "serve/source/checkpoints.h"

#include <stdlib.h>

#include "kafka/record_probe.h"

enum { RECORD_TIMEOUT_MS = 1000 };

static int read_record(void *self, const struct source *source, int64_t offset, int timeout_ms,
                       struct kafka_message **out, struct err *err)
{
    return record_probe_read(self, source, offset, timeout_ms, out, err);
}

struct record_reader record_reader(struct record_probe *probe)
{
    return (struct record_reader){probe, read_record};
}

// *kept: the log keeps that offset.
static int compare(const struct record_reader *reader, const struct source *source,
                   const struct read_record *expected, bool *kept, struct err *err)
{
    struct kafka_message *message;
    struct kafka_record record;
    struct read_record found;
    int rc = reader->read(reader->self, source, expected->offset, RECORD_TIMEOUT_MS, &message, err);

    *kept = !rc && message;
    if (!*kept)
        return rc;
    kafka_message_record(message, &record);
    found = (struct read_record){
        .offset = record.offset,
        .timestamp_ms = record.timestamp_ms,
        .hash = record_hash(record.timestamp_ms, record.key, record.value),
    };
    rc = position_compare(source, expected, &found, err);
    kafka_message_free(message);
    return rc;
}

// The older one is, the less likely is it that it was read of the log that is there now. Without
// any there is still the last one that was read: nothing may come behind it for long.
static int check(const struct record_reader *reader, const struct stored_position *stored,
                 const struct source *source, struct err *err)
{
    const struct source_position *position = &stored->position;
    const struct read_record last = {position->last_offset, position->last_timestamp_ms,
                                     position->last_hash};
    bool kept = false;
    int rc = DONE;

    for (size_t i = stored->checkpoint_count; i && !rc && !kept; i--)
        rc = compare(reader, source, &stored->checkpoints[i - 1], &kept, err);
    if (!rc && !kept && stored->found && last.offset >= 0)
        rc = compare(reader, source, &last, &kept, err);
    return rc;
}

void checkpoints_check(const struct position_keeper *positions, const struct record_reader *reader,
                       struct start_search *searches, size_t count)
{
    struct source *sources = calloc(count, sizeof *sources);
    struct stored_position *stored = calloc(count, sizeof *stored);
    struct err err;
    int rc = DONE;

    for (size_t i = 0; i < count && sources; i++)
        sources[i] = searches[i].source;
    if (!sources || !stored)
        rc = err_no_memory(&err);
    else
        rc = positions->load(positions->self, sources, count, stored, &err);
    for (size_t i = 0; i < count; i++) {
        searches[i].rc = rc ? rc : check(reader, &stored[i], &sources[i], &searches[i].err);
        if (rc)
            searches[i].err = err;
        else if (searches[i].rc == RETRY)
            rc = err_set(&err, RETRY, CHECK_NOT_ASKED, "not compared: no broker answered before");
    }
    positions->rest(positions->self);
    free(stored);
    free(sources);
}

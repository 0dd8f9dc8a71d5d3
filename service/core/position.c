// SPDX-License-Identifier: Apache-2.0
#include "core/position.h"

#include <stdio.h>

static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t mix_slice(uint64_t hash, struct slice slice)
{
    uint64_t size = slice.data ? slice.size : UINT64_MAX;

    for (int shift = 0; shift < 64; shift += 8) {
        unsigned char byte = (unsigned char)(size >> shift);

        hash = mix(hash, &byte, 1);
    }
    return mix(hash, slice.data, slice.size);
}

int64_t record_hash(int64_t timestamp_ms, struct slice key, struct slice value)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (int shift = 0; shift < 64; shift += 8) {
        unsigned char byte = (unsigned char)((uint64_t)timestamp_ms >> shift);

        hash = mix(hash, &byte, 1);
    }
    return (int64_t)mix_slice(mix_slice(hash, key), value);
}

static const char past_end[] = "POSITION_PAST_END", other_record[] = "OTHER_RECORD",
                  other_cluster[] = "OTHER_CLUSTER";

bool position_is_of_other_log(const struct err *err)
{
    return err->reason == past_end || err->reason == other_record || err->reason == other_cluster;
}

static int refuse(const struct source *source, int64_t accept_offset, const char *reason,
                  const char *what, struct err *err)
{
    return err_set(err, FATAL, reason,
                   "%.*s[%d]: %s. Nothing was changed. To accept the loss and go on: jobtrail "
                   "positions set %.*s %d %lld. To read all of its topic from the beginning: "
                   "jobtrail positions forget %.*s",
                   (int)source->topic.size, source->topic.data, source->partition, what,
                   (int)source->topic.size, source->topic.data, source->partition,
                   (long long)accept_offset, (int)source->topic.size, source->topic.data);
}

// As much of a cluster's name as fits the text.
static int name_length(struct slice name)
{
    return name.size < 40 ? (int)name.size : 40;
}

int position_judge(const struct source *source, const struct source_position *position,
                   struct slice stored_cluster_id, const struct log_bounds *log, int64_t *begin,
                   bool *expects_last, struct err *err)
{
    char what[160];

    if (stored_cluster_id.data && log->cluster_id.data &&
        !slice_equal(stored_cluster_id, log->cluster_id)) {
        snprintf(what, sizeof what, "the position was read from cluster %.*s, this is cluster %.*s",
                 name_length(stored_cluster_id), stored_cluster_id.data,
                 name_length(log->cluster_id), log->cluster_id.data);
        return refuse(source, log->low, other_cluster, what, err);
    }
    if (position->next_offset > log->high) {
        snprintf(what, sizeof what,
                 "the position is %lld, but the log ends at %lld: the topic was truncated, or "
                 "deleted and made again",
                 (long long)position->next_offset, (long long)log->high);
        return refuse(source, log->low, past_end, what, err);
    }
    if (position->next_offset < log->low) {
        snprintf(what, sizeof what,
                 "the position is %lld, but the log begins at %lld: records were deleted before "
                 "they were read",
                 (long long)position->next_offset, (long long)log->low);
        return refuse(source, log->low, "POSITION_EXPIRED", what, err);
    }
    *expects_last = position->last_offset >= log->low;
    *begin = *expects_last ? position->last_offset : position->next_offset;
    return DONE;
}

int position_compare(const struct source *source, const struct read_record *expected,
                     const struct read_record *found, struct err *err)
{
    char what[160];

    if (found->offset == expected->offset && found->timestamp_ms == expected->timestamp_ms &&
        found->hash == expected->hash)
        return DONE;
    snprintf(what, sizeof what,
             "%s offset %lld is not the one that was read there: the topic was deleted and made "
             "again, or this is another cluster",
             found->offset == expected->offset ? "the record at" : "what stands at",
             (long long)expected->offset);
    return refuse(source, 0, other_record, what, err);
}

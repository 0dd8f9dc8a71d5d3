// SPDX-License-Identifier: Apache-2.0
#include "core/refusal.h"

#include <stdlib.h>

// Each time that a batch is refused its partitions are read again, which takes far longer than to
// commit a few hundred records one by one. So: from any size to a few hundred batches, then to the
// record.
enum { PARTS = 256, FEW = 512 };

void refusal_init(struct refusal *refusal, size_t records_max)
{
    *refusal = (struct refusal){.records_max = records_max, .limit = records_max};
}

void refusal_free(struct refusal *refusal)
{
    free((void *)(uintptr_t)refusal->topic.data);
    refusal->topic = SLICE_NULL;
}

void refusal_shrink(struct refusal *refusal, const struct batch *batch)
{
    refusal->limit = batch->records > 1 ? batch->records / 2 : 1;
    refusal->suspects = 0;
}

void refusal_note(struct refusal *refusal, const struct batch *batch, const struct batch *next,
                  const struct err *err)
{
    // Rows of one batch take in events of the next while it is written.
    bool was_alone = refusal_is_careful(refusal) || !next->records;
    char *topic;

    refusal->limit = batch->records > FEW ? batch->records / PARTS : 1;
    refusal->suspects = batch->records;
    if (batch->records > 1 || !was_alone)
        return;
    // Without memory it is found once more.
    topic = batch->records ? malloc(batch->only_source.topic.size + 1) : NULL;
    if (!topic)
        return;
    memcpy(topic, batch->only_source.topic.data, batch->only_source.topic.size);
    refusal_free(refusal);
    refusal->topic = (struct slice){topic, batch->only_source.topic.size};
    refusal->partition = batch->only_source.partition;
    refusal->offset = batch->only_offset;
    refusal->why = *err;
    refusal->suspects = 0;
}

void refusal_passed(struct refusal *refusal, size_t records)
{
    if (refusal->suspects > records) {
        refusal->suspects -= records;
        return;
    }
    refusal->suspects = 0;
    refusal->limit *= 2;
    if (refusal->limit > refusal->records_max)
        refusal->limit = refusal->records_max;
}

bool refusal_is_careful(const struct refusal *refusal)
{
    return refusal->limit < refusal->records_max || refusal->records_max == 1;
}

bool refusal_is_of(const struct refusal *refusal, const struct source *source, int64_t offset,
                   struct err *err)
{
    if (!refusal->topic.data || refusal->offset != offset ||
        refusal->partition != source->partition || !slice_equal(refusal->topic, source->topic))
        return false;
    *err = refusal->why;
    return true;
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/source/partition.h"

#include <stdlib.h>

int partition_table_init(struct partition_table *partitions, struct err *err)
{
    atomic_init(&partitions->count, 0);
    partitions->items = calloc(PARTITIONS_MAX, sizeof(*partitions->items));
    return partitions->items ? DONE : err_no_memory(err);
}

void partition_table_free(struct partition_table *partitions)
{
    for (size_t i = 0; partitions->items && i < partitions->count; i++)
        free(partitions->items[i]);
    free(partitions->items);
    partitions->items = NULL;
}

struct partition *partition_table_find(const struct partition_table *partitions,
                                       const struct source *source)
{
    size_t count = partitions->count;

    for (size_t i = 0; i < count; i++) {
        const struct source *found = &partitions->items[i]->source;

        if (found->partition == source->partition && slice_equal(found->topic, source->topic))
            return partitions->items[i];
    }
    return NULL;
}

static struct partition *partition_new(const struct source *source, size_t worker)
{
    struct partition *partition = malloc(sizeof *partition + source->topic.size + 1);
    char *topic;

    if (!partition)
        return NULL;
    topic = (char *)(partition + 1);
    memcpy(topic, source->topic.data, source->topic.size);
    topic[source->topic.size] = '\0';
    *partition = (struct partition){
        .source = {.topic = {topic, source->topic.size}, .partition = source->partition},
        .worker = worker,
        .reached_end = -1,
        .committed_offset = -1,
        .log_end = -1,
        .caught_up_at_us = TIME_NONE,
    };
    return partition;
}

int partition_table_get(struct partition_table *partitions, const struct source *source,
                        size_t worker_count, struct partition **out, struct err *err)
{
    size_t count = partitions->count;

    *out = partition_table_find(partitions, source);
    if (*out)
        return DONE;
    if (count == PARTITIONS_MAX)
        return err_set(err, FATAL, "TOO_MANY_PARTITIONS",
                       "one process serves at most %d partitions; start more processes",
                       PARTITIONS_MAX);
    *out = partition_new(source, count % worker_count);
    if (!*out)
        return err_no_memory(err);
    partitions->items[count] = *out;
    partitions->count = count + 1; // published behind the item
    return DONE;
}

// SPDX-License-Identifier: Apache-2.0
// What the group gives and takes. librdkafka calls this from within a poll and waits for the
// answer, an incremental (un)assign, before it tells the group: so it is answered at once.
//
// Given: the answer is an empty list, for the partition's first offset is not known yet.
// Taken away: the owner is told first, then what is assigned of it is unassigned.
#include "base/clock.h"
#include "base/log.h"
#include "kafka/consumer_private.h"

enum { TOLD_AT_ONCE = 64 };

static void answer_failed(struct consumer *consumer, rd_kafka_error_t *error)
{
    struct err err;

    if (!error)
        return;
    err_set(&err, RETRY, "ASSIGN_FAILED", "answering the group: %s", rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    poll_set_trouble(consumer, &err);
}

static struct group_partition *ours(struct consumer *consumer,
                                    const rd_kafka_topic_partition_t *from)
{
    struct group_partition *partition =
        group_partitions_find(&consumer->partitions, slice_of(from->topic), from->partition);

    return partition && partition->ours ? partition : NULL;
}

// In pieces, so that it needs no memory.
static void tell(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list, bool given,
                 bool lost)
{
    struct source sources[TOLD_AT_ONCE];
    size_t count = 0;

    for (int i = 0; i < list->cnt && !consumer->closing; i++) {
        struct group_partition *partition = ours(consumer, &list->elems[i]);

        if (partition)
            sources[count++] = partition->source;
        if (!count || (count < TOLD_AT_ONCE && i + 1 < list->cnt))
            continue;
        if (given)
            consumer->events.taken(consumer->events.self, sources, count);
        else
            consumer->events.revoked(consumer->events.self, sources, count, lost);
        count = 0;
    }
}

static void give(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list,
                 rd_kafka_topic_partition_list_t *answer)
{
    struct err err;

    consumer->was_assigned = true;
    consumer->is_denied = false;
    for (int i = 0; i < list->cnt; i++) {
        struct group_partition *partition = group_partitions_get(
            &consumer->partitions, slice_of(list->elems[i].topic), list->elems[i].partition);

        if (!partition) {
            err_no_memory(&err); // nobody reads it until the group changes again
            poll_set_trouble(consumer, &err);
            continue;
        }
        partition->ours = true;
        partition->has_failed = false;
    }
    answer_failed(consumer, rd_kafka_incremental_assign(consumer->rk, answer));
    tell(consumer, list, true, false);
}

// All at once, or, if librdkafka finds fault with one, each by itself. What has no answer in the
// end is answered with nothing: the whole group waits for it, as long as max.poll.interval.ms.
static void unassign(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    rd_kafka_error_t *error = rd_kafka_incremental_unassign(consumer->rk, list);

    if (!error)
        return;
    answer_failed(consumer, error);
    for (int i = 0; i <= list->cnt; i++) {
        rd_kafka_topic_partition_list_t *single = rd_kafka_topic_partition_list_new(1);

        if (i < list->cnt)
            rd_kafka_topic_partition_list_add(single, list->elems[i].topic,
                                              list->elems[i].partition);
        answer_failed(consumer, rd_kafka_incremental_unassign(consumer->rk, single));
        rd_kafka_topic_partition_list_destroy(single);
    }
}

static void take(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list,
                 rd_kafka_topic_partition_list_t *answer)
{
    bool lost = rd_kafka_assignment_lost(consumer->rk) != 0;

    for (int i = 0; i < list->cnt; i++) {
        struct group_partition *partition = ours(consumer, &list->elems[i]);

        if (!partition)
            continue;
        poll_batch_take_back(&consumer->batch, &partition->source);
        partition->started = false;
        partition->has_failed = false;
        partition->end_offset = -1;
        partition->hint_offset = -1;
    }
    tell(consumer, list, false, lost);
    for (int i = 0; i < list->cnt; i++) {
        struct group_partition *partition = ours(consumer, &list->elems[i]);

        if (!partition)
            continue;
        if (partition->assigned)
            rd_kafka_topic_partition_list_add(answer, list->elems[i].topic,
                                              list->elems[i].partition);
        partition->ours = partition->assigned = partition->started = false;
    }
    unassign(consumer, answer);
}

void rebalance_cb(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                  void *opaque)
{
    struct consumer *consumer = opaque;
    // librdkafka gives up the process, not NULL, when it has no memory.
    rd_kafka_topic_partition_list_t *answer = rd_kafka_topic_partition_list_new(list->cnt + 1);
    bool given = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;

    (void)rk;
    consumer->rebalanced = true;
    consumer->rebalanced_at_us = clock_monotonic_us();
    log_info("kafka", given ? "the group gives partitions" : "the group takes partitions",
             LOG_INT("count", list->cnt));
    if (given)
        give(consumer, list, answer);
    else
        take(consumer, list, answer);
    rd_kafka_topic_partition_list_destroy(answer);
}

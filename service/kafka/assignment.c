// SPDX-License-Identifier: Apache-2.0
// Starting, silencing and holding back single partitions.
//
// A start is an assignment with an offset, not a seek: librdkafka 2.0.2 gives seek_partitions a
// thousandth of its timeout. Assigning raises librdkafka's own version of the partition, so that
// whatever it fetched before is thrown away unseen.
#include "base/clock.h"
#include "base/log.h"
#include "kafka/consumer_private.h"
#include "kafka/settings.h"

enum { HINT_EVERY_US = 5000000, HINT_QUIET_US = 3000000 };

static rd_kafka_topic_partition_list_t *list_of(const struct group_partition *partition,
                                                int64_t offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    if (list)
        rd_kafka_topic_partition_list_add(list, partition->source.topic.data,
                                          partition->source.partition)
            ->offset = offset;
    return list;
}

// Takes error.
static int assign_error(const struct group_partition *partition, rd_kafka_error_t *error,
                        struct err *err)
{
    if (!error)
        return DONE;
    err_set(err, RETRY, "ASSIGN_FAILED", "%s [%d]: %s", partition->source.topic.data,
            partition->source.partition, rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return RETRY;
}

// Paused by us (librdkafka remembers it beyond the assignment).
static int set_held(struct consumer *consumer, struct group_partition *partition, bool held,
                    struct err *err)
{
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_resp_err_t code;

    if (partition->held == held)
        return DONE;
    list = list_of(partition, RD_KAFKA_OFFSET_INVALID);
    if (!list)
        return err_no_memory(err);
    code = held ? rd_kafka_pause_partitions(consumer->rk, list)
                : rd_kafka_resume_partitions(consumer->rk, list);
    if (!code)
        code = list->elems[0].err;
    rd_kafka_topic_partition_list_destroy(list);
    if (code)
        return err_set(err, RETRY, "PAUSE_FAILED", "%s [%d]: %s", partition->source.topic.data,
                       partition->source.partition, rd_kafka_err2str(code));
    partition->held = held;
    return DONE;
}

int assignment_silence(struct consumer *consumer, struct group_partition *partition,
                       struct err *err)
{
    rd_kafka_topic_partition_list_t *list;
    int rc;

    partition->started = false;
    partition->end_offset = -1;
    partition->hint_offset = -1;
    if (!partition->assigned)
        return DONE;
    list = list_of(partition, RD_KAFKA_OFFSET_INVALID);
    if (!list)
        return err_no_memory(err);
    rc = assign_error(partition, rd_kafka_incremental_unassign(consumer->rk, list), err);
    rd_kafka_topic_partition_list_destroy(list);
    if (!rc)
        partition->assigned = false;
    return rc;
}

static int find_ours(struct consumer *consumer, const struct source *source, bool started,
                     struct group_partition **out, struct err *err)
{
    *out = group_partitions_find(&consumer->partitions, source->topic, source->partition);
    if (!*out || !(*out)->ours)
        return err_set(err, RETRY, "NOT_OURS", "%.*s [%d] is not ours now", (int)source->topic.size,
                       source->topic.data, source->partition);
    if (started && !(*out)->started)
        return err_set(err, RETRY, "NOT_STARTED", "%.*s [%d] is not started",
                       (int)source->topic.size, source->topic.data, source->partition);
    return DONE;
}

int consumer_start(struct consumer *consumer, const struct source *source, int64_t offset,
                   struct err *err)
{
    rd_kafka_topic_partition_list_t *list;
    struct group_partition *partition;
    int rc = find_ours(consumer, source, false, &partition, err);

    if (rc)
        return rc;
    if (offset < 0)
        return err_set(err, RETRY, "OFFSET_OUT_OF_RANGE", "%s [%d] cannot begin at %lld",
                       partition->source.topic.data, partition->source.partition,
                       (long long)offset);
    poll_batch_take_back(&consumer->batch, &partition->source);
    rc = assignment_silence(consumer, partition, err);
    if (!rc)
        rc = set_held(consumer, partition, false, err);
    if (rc)
        return rc;
    list = list_of(partition, offset);
    if (!list)
        return err_no_memory(err);
    rc = assign_error(partition, rd_kafka_incremental_assign(consumer->rk, list), err);
    rd_kafka_topic_partition_list_destroy(list);
    if (rc)
        return rc;
    partition->assigned = partition->started = true;
    partition->has_failed = false;
    partition->next_offset = offset;
    return DONE;
}

int consumer_stop(struct consumer *consumer, const struct source *source, struct err *err)
{
    struct group_partition *partition;
    int rc = find_ours(consumer, source, false, &partition, err);

    if (rc)
        return rc;
    poll_batch_take_back(&consumer->batch, &partition->source);
    partition->has_failed = false;
    return assignment_silence(consumer, partition, err);
}

int consumer_pause(struct consumer *consumer, const struct source *source, struct err *err)
{
    struct group_partition *partition;
    int rc = find_ours(consumer, source, true, &partition, err);

    return rc ? rc : set_held(consumer, partition, true, err);
}

int consumer_resume(struct consumer *consumer, const struct source *source, struct err *err)
{
    struct group_partition *partition;
    int rc = find_ours(consumer, source, true, &partition, err);

    return rc ? rc : set_held(consumer, partition, false, err);
}

void consumer_commit_hint(struct consumer *consumer, const struct source *source,
                          int64_t next_offset)
{
    struct group_partition *partition =
        group_partitions_find(&consumer->partitions, source->topic, source->partition);

    if (!partition || !partition->started)
        return;
    partition->hint_offset = next_offset;
    consumer->has_hint = true;
}

// All hints in one request, seldom, and not close to a rebalance: a commit that the broker refuses
// for its generation makes librdkafka give up every partition, to be taken again.
void assignment_commit_hints(struct consumer *consumer)
{
    int64_t now_us;
    rd_kafka_topic_partition_list_t *list;
    struct group_partition *each, *next;

    if (!consumer->has_hint)
        return;
    now_us = clock_monotonic_us();
    if (now_us - consumer->hinted_at_us < HINT_EVERY_US ||
        now_us - consumer->rebalanced_at_us < HINT_QUIET_US)
        return;
    list = rd_kafka_topic_partition_list_new(8);
    if (!list)
        return;
    HASH_ITER (hh, consumer->partitions.table, each, next) {
        if (each->started && each->hint_offset >= 0)
            rd_kafka_topic_partition_list_add(list, each->source.topic.data, each->source.partition)
                ->offset = each->hint_offset;
        each->hint_offset = -1;
    }
    if (list->cnt)
        (void)rd_kafka_commit(consumer->rk, list, 1);
    rd_kafka_topic_partition_list_destroy(list);
    consumer->has_hint = false;
    consumer->hinted_at_us = now_us;
}

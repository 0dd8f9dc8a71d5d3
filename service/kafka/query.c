// SPDX-License-Identifier: Apache-2.0
// Questions to the brokers. Each waits, at most as long as it is told to.
#include <stdlib.h>

#include "kafka/client_query.h"
#include "kafka/consumer_private.h"
#include "kafka/settings.h"
#include "kafka/topic_query.h"

// Not rd_kafka_query_watermark_offsets: that of 2.0.2 heeds no time limit while a broker is away.
int query_offsets_since(rd_kafka_t *rk, const struct source *sources, size_t count, int timeout_ms,
                        int64_t *offsets, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    rd_kafka_resp_err_t code;

    if (!list)
        return err_no_memory(err);
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, sources[i].topic.data, sources[i].partition)
            ->offset = offsets[i];
    code = rd_kafka_offsets_for_times(rk, list, timeout_ms);
    for (size_t i = 0; i < count && !code; i++) {
        const rd_kafka_topic_partition_t *found =
            rd_kafka_topic_partition_list_find(list, sources[i].topic.data, sources[i].partition);

        offsets[i] = found && !found->err && found->offset >= 0 ? found->offset : -1;
    }
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_error(err, code, "asking for the ends of a log") : 0;
}

int query_offsets(rd_kafka_t *rk, const struct source *sources, size_t count, int64_t which,
                  int timeout_ms, int64_t *offsets, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        offsets[i] = which;
    return query_offsets_since(rk, sources, count, timeout_ms, offsets, err);
}

int cluster_id_ask(rd_kafka_t *rk, int timeout_ms, char **out, struct err *err)
{
    char *id = rd_kafka_clusterid(rk, timeout_ms);

    if (!id)
        return err_set(err, RETRY, "BROKERS_UNREACHABLE", "no broker tells the cluster's id");
    *out = strdup(id);
    rd_kafka_mem_free(rk, id);
    return *out ? 0 : err_no_memory(err);
}

int consumer_partition_count(struct consumer *consumer, const char *topic, int timeout_ms,
                             int32_t *count, struct err *err)
{
    *count = 0;
    return topic_query(consumer->rk, topic, 0, timeout_ms, count, NULL, err);
}

rd_kafka_event_t *query_answer(rd_kafka_queue_t *queue, int timeout_ms)
{
    rd_kafka_event_t *event = NULL;

    while (!event)
        event = rd_kafka_queue_poll(queue, timeout_ms + 1000);
    return event;
}

// SPDX-License-Identifier: Apache-2.0
#include "kafka/log_ends.h"

#include <stdlib.h>

#include "kafka/asking_client.h"
#include "kafka/settings.h"

struct topic {
    rd_kafka_topic_t *handle; // while it is held, a question for metadata is about it too
    int32_t *leaders;         // owned; of its partitions, as was told last
    int32_t count;
};

struct log_ends {
    rd_kafka_t *rk;
    struct topic *topics; // owned
    size_t topic_count;
};

// The consumer says what is wrong with the brokers; whoever asks here is told by the answer.
static void say_nothing(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk, (void)level, (void)facility, (void)text;
}

static void ignore_error(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
    (void)rk, (void)code, (void)text, (void)opaque;
}

static int open_client(struct log_ends *log_ends, const struct kafka_property *properties,
                       size_t property_count, struct err *err)
{
    static const struct kafka_property ours[] = {{"isolation.level", "read_uncommitted"},
                                                 {NULL, NULL}};

    return asking_client_new(&(struct asking_client_options){.properties = properties,
                                                             .property_count = property_count,
                                                             .ours = ours,
                                                             .hear_log = say_nothing,
                                                             .hear_error = ignore_error},
                             &log_ends->rk, err);
}

static int hold_topics(struct log_ends *log_ends, const char *const *topics, struct err *err)
{
    size_t count = 0;

    while (topics[count])
        count++;
    log_ends->topics = calloc(count + 1, sizeof *log_ends->topics);
    if (!log_ends->topics)
        return err_no_memory(err);
    for (; log_ends->topic_count < count; log_ends->topic_count++) {
        rd_kafka_topic_t *topic =
            rd_kafka_topic_new(log_ends->rk, topics[log_ends->topic_count], NULL);

        if (!topic)
            return kafka_error(err, rd_kafka_last_error(), topics[log_ends->topic_count]);
        log_ends->topics[log_ends->topic_count].handle = topic;
    }
    return DONE;
}

int log_ends_new(const struct kafka_property *properties, size_t property_count,
                 const char *const *topics, struct log_ends **out, struct err *err)
{
    struct log_ends *log_ends = calloc(1, sizeof *log_ends);
    int rc;

    if (!log_ends)
        return err_no_memory(err);
    rc = open_client(log_ends, properties, property_count, err);
    if (!rc)
        rc = hold_topics(log_ends, topics, err);
    if (rc)
        log_ends_free(log_ends);
    else
        *out = log_ends;
    return rc;
}

void log_ends_free(struct log_ends *log_ends)
{
    if (!log_ends)
        return;
    for (size_t i = 0; i < log_ends->topic_count; i++) {
        rd_kafka_topic_destroy(log_ends->topics[i].handle);
        free(log_ends->topics[i].leaders);
    }
    free(log_ends->topics);
    asking_client_free(log_ends->rk);
    free(log_ends);
}

static const rd_kafka_metadata_topic_t *find(const struct rd_kafka_metadata *metadata,
                                             const struct topic *topic)
{
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (!strcmp(metadata->topics[i].topic, rd_kafka_topic_name(topic->handle)))
            return metadata->topics[i].err ? NULL : &metadata->topics[i];
    return NULL;
}

static int learn(struct topic *topic, const rd_kafka_metadata_topic_t *told, struct err *err)
{
    int32_t count = told ? told->partition_cnt : 0;
    int32_t *leaders = realloc(topic->leaders, ((size_t)count + 1) * sizeof *leaders);

    if (!leaders)
        return err_no_memory(err);
    topic->leaders = leaders;
    topic->count = count;
    for (int32_t i = 0; i < count; i++)
        leaders[i] = -1;
    for (int32_t i = 0; i < count; i++) {
        const rd_kafka_metadata_partition_t *partition = &told->partitions[i];

        if (partition->id >= 0 && partition->id < count)
            leaders[partition->id] = partition->leader;
    }
    return DONE;
}

int log_ends_count(struct log_ends *log_ends, int timeout_ms, int32_t *counts, struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code;
    int rc = DONE;

    rd_kafka_poll(log_ends->rk, 0); // what librdkafka has to tell, such as that a token ran out
    code = rd_kafka_metadata(log_ends->rk, 0, NULL, &metadata, timeout_ms);
    if (code)
        return kafka_error(err, code, "asking for the partitions of topics");
    for (size_t i = 0; !rc && i < log_ends->topic_count; i++) {
        struct topic *topic = &log_ends->topics[i];

        rc = learn(topic, find(metadata, topic), err);
        counts[i] = topic->count;
    }
    rd_kafka_metadata_destroy(metadata);
    return rc;
}

// One question for what one broker leads.
static int ask_leader(struct log_ends *log_ends, const struct topic *topic, int32_t leader,
                      int32_t count, int timeout_ms, struct log_end *ends, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
    rd_kafka_resp_err_t code;

    if (!list)
        return err_no_memory(err);
    for (int32_t i = 0; i < count; i++)
        if (topic->leaders[i] == leader)
            rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(topic->handle), i)->offset =
                RD_KAFKA_OFFSET_END;
    code = rd_kafka_offsets_for_times(log_ends->rk, list, timeout_ms);
    for (int i = 0; i < list->cnt && !code; i++) {
        const rd_kafka_topic_partition_t *found = &list->elems[i];

        if (!found->err && found->offset >= 0 && found->partition < count)
            ends[found->partition].offset = found->offset;
    }
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_error(err, code, "asking for the ends of logs") : DONE;
}

static bool was_asked(const struct topic *topic, int32_t partition)
{
    for (int32_t i = 0; i < partition; i++)
        if (topic->leaders[i] == topic->leaders[partition])
            return true;
    return false;
}

int log_ends_ask(struct log_ends *log_ends, size_t place, int32_t count, int timeout_ms,
                 struct log_end *ends, struct err *err)
{
    const struct topic *topic = &log_ends->topics[place];
    bool answered = !count;
    int rc = DONE;

    for (int32_t i = 0; i < count; i++)
        ends[i] = (struct log_end){-1, i < topic->count ? topic->leaders[i] : -1};
    if (count > topic->count)
        count = topic->count;
    // A broker that hangs takes nothing from those behind the others.
    for (int32_t i = 0; i < count; i++) {
        if (topic->leaders[i] < 0 || was_asked(topic, i))
            continue; // nobody leads it, or it was asked for with another
        if (ask_leader(log_ends, topic, topic->leaders[i], count, timeout_ms, ends, err))
            rc = (int)err->disposition;
        else
            answered = true;
    }
    return answered ? DONE : rc;
}

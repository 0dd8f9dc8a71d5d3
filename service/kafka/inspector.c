// SPDX-License-Identifier: Apache-2.0
#include "kafka/inspector_private.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/asking_client.h"
#include "kafka/client_query.h"
#include "kafka/settings.h"
#include "kafka/topic_query.h"

// What a broker speaks librdkafka tells in its log alone: "ApiKey Produce (0) Versions 0..13".
static void note_version(struct inspector *inspector, const char *text)
{
    static const char produce[] = "ApiKey Produce (", fetch[] = "ApiKey Fetch (";
    const char *dots = strstr(text, "..");
    int most = dots ? (int)strtol(dots + 2, NULL, 10) : -1;

    pthread_mutex_lock(&inspector->mutex);
    if (!strncmp(text, produce, sizeof produce - 1) && most > inspector->produce_version)
        inspector->produce_version = most;
    if (!strncmp(text, fetch, sizeof fetch - 1) && most > inspector->fetch_version)
        inspector->fetch_version = most;
    pthread_mutex_unlock(&inspector->mutex);
}

static void hear_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    const char *at = strstr(text, "ApiKey ");

    (void)level;
    if (!strcmp(facility, "APIVERSION") && at)
        note_version(rd_kafka_opaque(rk), at);
}

static void hear_error(rd_kafka_t *rk, int code, const char *text, void *self)
{
    struct inspector *inspector = self;

    (void)rk;
    pthread_mutex_lock(&inspector->mutex);
    // What each of them said tells more than that all are down.
    if ((rd_kafka_resp_err_t)code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
        !inspector->trouble.disposition)
        kafka_error(&inspector->trouble, (rd_kafka_resp_err_t)code, text);
    pthread_mutex_unlock(&inspector->mutex);
}

static int open_client(struct inspector *inspector, rd_kafka_t **out, struct err *err)
{
    static const struct kafka_property ours[] = {{"debug", "feature"}, {NULL, NULL}};

    return asking_client_new(
        &(struct asking_client_options){.properties = inspector->properties,
                                        .property_count = inspector->property_count,
                                        .ours = ours,
                                        .self = inspector,
                                        .hear_log = hear_log,
                                        .hear_error = hear_error},
        out, err);
}

int inspector_new(const struct kafka_property *properties, size_t property_count,
                  struct inspector **out, struct err *err)
{
    struct inspector *inspector = calloc(1, sizeof *inspector);
    int rc;

    if (!inspector)
        return err_no_memory(err);
    inspector->properties = properties;
    inspector->property_count = property_count;
    inspector->produce_version = inspector->fetch_version = -1;
    pthread_mutex_init(&inspector->mutex, NULL);
    rc = open_client(inspector, &inspector->rk, err);
    if (rc)
        inspector_free(inspector);
    else
        *out = inspector;
    return rc;
}

void inspector_free(struct inspector *inspector)
{
    if (!inspector)
        return;
    asking_client_free(inspector->rk);
    pthread_mutex_destroy(&inspector->mutex);
    free(inspector);
}

// What librdkafka has to tell, to hear_error, and such as that a token ran out.
static void hear(struct inspector *inspector)
{
    rd_kafka_poll(inspector->rk, 0);
}

// Why nobody answered: what a connection came to tells more than that time ran out.
static int unanswered(struct inspector *inspector, rd_kafka_resp_err_t code, const char *what,
                      struct err *err)
{
    bool has_trouble;

    hear(inspector);
    pthread_mutex_lock(&inspector->mutex);
    has_trouble = inspector->trouble.disposition;
    if (has_trouble)
        *err = inspector->trouble;
    pthread_mutex_unlock(&inspector->mutex);
    return has_trouble ? (int)err->disposition : kafka_error(err, code, what);
}

int inspector_cluster(struct inspector *inspector, int timeout_ms, struct cluster_state *out,
                      struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(inspector->rk, 0, NULL, &metadata, timeout_ms);

    *out = (struct cluster_state){.a_broker = -1};
    if (code)
        return unanswered(inspector, code, "asking for the brokers", err);
    out->brokers = metadata->broker_cnt;
    if (metadata->broker_cnt) {
        out->a_broker = metadata->brokers[0].id;
        snprintf(out->address, sizeof out->address, "%s:%d", metadata->brokers[0].host,
                 metadata->brokers[0].port);
    }
    rd_kafka_metadata_destroy(metadata);
    pthread_mutex_lock(&inspector->mutex);
    out->produce_version = inspector->produce_version;
    out->fetch_version = inspector->fetch_version;
    pthread_mutex_unlock(&inspector->mutex);
    return DONE;
}

int inspector_cluster_id(struct inspector *inspector, int timeout_ms, char **out, struct err *err)
{
    hear(inspector);
    return cluster_id_ask(inspector->rk, timeout_ms, out, err);
}

int inspector_topic_state(struct inspector *inspector, const char *topic, int timeout_ms,
                          struct topic_state *state, struct err *err)
{
    uint32_t turn = inspector->turn;
    int rc;

    hear(inspector);
    rc = topic_state_ask(inspector->rk, topic, turn, timeout_ms, state, err);
    // By one, however many asked the same broker: by two it would be the same one again, where two
    // lead partitions by turns.
    if (rc)
        atomic_compare_exchange_strong(&inspector->turn, &turn, turn + 1);
    return rc;
}

int inspector_topic_exists(struct inspector *inspector, const char *topic, int timeout_ms,
                           bool *exists, struct err *err)
{
    int32_t partitions = 0;
    int rc;

    hear(inspector);
    rc = topic_query(inspector->rk, topic, 0, timeout_ms, &partitions, NULL, err);
    *exists = partitions > 0;
    return rc;
}

static bool is_any_untold(const struct log_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ranges[i].leader >= 0 && (ranges[i].low < 0 || ranges[i].high < 0))
            return true;
    return false;
}

// By a client that is made for this question.
static int ask_ranges_anew(struct inspector *inspector, const struct source *sources, size_t count,
                           int timeout_ms, struct log_range *ranges, struct err *err)
{
    rd_kafka_t *rk;
    int rc = open_client(inspector, &rk, err);

    if (rc)
        return rc;
    rc = log_ranges_ask(rk, sources, count, timeout_ms, ranges, err);
    rd_kafka_destroy(rk);
    return rc;
}

int inspector_log_ranges(struct inspector *inspector, const struct source *sources, size_t count,
                         int timeout_ms, struct log_range *ranges, struct err *err)
{
    int rc = log_ranges_ask(inspector->rk, sources, count, timeout_ms, ranges, err);

    if (!rc && asking_client_may_be_stuck() && is_any_untold(ranges, count))
        rc = ask_ranges_anew(inspector, sources, count, timeout_ms, ranges, err);
    return rc;
}

int inspector_leaders(struct inspector *inspector, const struct source *sources, size_t count,
                      int timeout_ms, int32_t *leaders, struct err *err)
{
    return leaders_ask(inspector->rk, sources, count, timeout_ms, leaders, err);
}

static struct partition_states count_partitions(const struct rd_kafka_metadata_topic *topic)
{
    struct partition_states states = {.count = topic->partition_cnt};

    for (int i = 0; i < topic->partition_cnt; i++) {
        const struct rd_kafka_metadata_partition *partition = &topic->partitions[i];

        states.leaderless += partition->leader < 0;
        states.out_of_sync += partition->isr_cnt < partition->replica_cnt;
        if (!i || partition->replica_cnt < states.least_replicas)
            states.least_replicas = partition->replica_cnt;
    }
    return states;
}

int inspector_partitions(struct inspector *inspector, const char *topic, int timeout_ms,
                         struct partition_states *out, struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(inspector->rk, topic, NULL);
    rd_kafka_resp_err_t code;

    if (!handle)
        return kafka_error(err, rd_kafka_last_error(), topic);
    code = rd_kafka_metadata(inspector->rk, 0, handle, &metadata, timeout_ms);
    rd_kafka_topic_destroy(handle);
    if (code)
        return unanswered(inspector, code, "asking for a topic", err);
    *out = metadata->topic_cnt == 1 ? count_partitions(&metadata->topics[0])
                                    : (struct partition_states){0};
    rd_kafka_metadata_destroy(metadata);
    return DONE;
}

const char *inspector_library_version(void)
{
    return rd_kafka_version_str();
}

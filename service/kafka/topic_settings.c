// SPDX-License-Identifier: Apache-2.0
#include "kafka/client_query.h"

#include <stdlib.h>
#include <string.h>

#include "kafka/settings.h"
#include "kafka/topic_query.h"

static void read_entry(const char *name, const char *value, struct topic_state *state)
{
    if (!strcmp(name, "cleanup.policy")) {
        state->config_readable = true;
        state->compacted = value && strstr(value, "compact");
    } else if (!strcmp(name, "message.timestamp.type")) {
        state->stamped_by_broker = value && !strcmp(value, "LogAppendTime");
    } else if (!strcmp(name, "retention.ms")) {
        state->retention_ms = value ? strtoll(value, NULL, 10) : -1;
    }
}

// Reads the settings that matter out of an answer.
static void read_settings(rd_kafka_event_t *event, struct topic_state *state)
{
    const rd_kafka_ConfigResource_t **resources;
    const rd_kafka_ConfigEntry_t **entries;
    size_t count = 0;

    resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event), &count);
    if (count != 1 || rd_kafka_ConfigResource_error(resources[0]))
        return;
    entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (size_t i = 0; i < count; i++)
        read_entry(rd_kafka_ConfigEntry_name(entries[i]), rd_kafka_ConfigEntry_value(entries[i]),
                   state);
}

// Whether an answer without settings means that we may not, or cannot, be told.
static bool is_refusal(rd_kafka_event_t *event)
{
    const rd_kafka_ConfigResource_t **resources;
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    size_t count = 0;

    if (!code) {
        resources = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(event), &count);
        code = count ? rd_kafka_ConfigResource_error(resources[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
    }
    return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE ||
           code == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION;
}

static void ask(rd_kafka_t *rk, rd_kafka_ConfigResource_t *resource, int32_t leader, int timeout_ms,
                rd_kafka_queue_t *queue)
{
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    char text[128];

    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, text, sizeof(text));
    if (leader >= 0)
        (void)rd_kafka_AdminOptions_set_broker(options, leader, text, sizeof(text));
    rd_kafka_DescribeConfigs(rk, &resource, 1, options, queue);
    rd_kafka_AdminOptions_destroy(options);
}

static int take_answer(rd_kafka_event_t *event, struct topic_state *state, struct err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);

    if (!code)
        read_settings(event, state);
    if (state->config_readable || is_refusal(event))
        return DONE;
    return kafka_error(err, code ? code : RD_KAFKA_RESP_ERR_UNKNOWN,
                       "asking for a topic's configuration");
}

// Asks leaders, for any broker knows: the controller, whom librdkafka would ask, may be away, and
// its mock cluster has none. So may a leader: two are asked at once, and the first answer counts.
// After a failure others are asked.
static int topic_settings(rd_kafka_t *rk, const char *topic, const struct two_leaders *leaders,
                          int timeout_ms, struct topic_state *state, struct err *err)
{
    rd_kafka_ConfigResource_t *resource =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    int awaited = leaders->other < 0 ? 1 : 2, rc = RETRY;

    ask(rk, resource, leaders->first, timeout_ms, queue);
    if (leaders->other >= 0)
        ask(rk, resource, leaders->other, timeout_ms, queue);
    for (; rc && awaited; awaited--) {
        rd_kafka_event_t *event = query_answer(queue, timeout_ms);

        rc = take_answer(event, state, err);
        rd_kafka_event_destroy(event);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_ConfigResource_destroy(resource);
    return rc;
}

int topic_state_ask(rd_kafka_t *rk, const char *topic, uint32_t turn, int timeout_ms,
                    struct topic_state *state, struct err *err)
{
    struct two_leaders leaders;
    int rc;

    *state = (struct topic_state){.retention_ms = -1};
    rc = topic_query(rk, topic, turn, timeout_ms, &state->partitions, &leaders, err);
    state->exists = state->partitions > 0;
    return rc || !state->exists ? rc : topic_settings(rk, topic, &leaders, timeout_ms, state, err);
}

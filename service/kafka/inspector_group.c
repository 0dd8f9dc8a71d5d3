// SPDX-License-Identifier: Apache-2.0
#include "kafka/inspector_private.h"
#include "kafka/settings.h"
#include "kafka/topic_query.h"

static int read_answer(rd_kafka_event_t *event, bool *may, struct err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    const rd_kafka_ConsumerGroupDescription_t **groups;
    const rd_kafka_error_t *error = NULL;
    size_t count = 0;

    if (!code) {
        groups = rd_kafka_DescribeConsumerGroups_result_groups(
            rd_kafka_event_DescribeConsumerGroups_result(event), &count);
        error = count ? rd_kafka_ConsumerGroupDescription_error(groups[0]) : NULL;
        code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    *may = code != RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
    // A group that nobody has joined yet is none to newer brokers.
    return !*may || !code || code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND
               ? DONE
               : kafka_error(err, code, "asking about a group");
}

int inspector_group(struct inspector *inspector, const char *group, int timeout_ms, bool *may,
                    struct err *err)
{
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(inspector->rk, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(inspector->rk);
    rd_kafka_event_t *event;
    char text[128];
    int rc;

    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, text, sizeof text);
    rd_kafka_DescribeConsumerGroups(inspector->rk, &group, 1, options, queue);
    event = query_answer(queue, timeout_ms);
    rc = read_answer(event, may, err);
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_AdminOptions_destroy(options);
    return rc;
}

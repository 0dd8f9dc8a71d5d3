// SPDX-License-Identifier: Apache-2.0
// Who may write a topic. Asked for with an entry's pattern matched against the topic's name, so
// that entries for prefixes and for all topics are told, too.
#include <string.h>

#include "kafka/inspector_private.h"
#include "kafka/settings.h"
#include "kafka/topic_query.h"

static bool allows_writing(const rd_kafka_AclBinding_t *entry)
{
    rd_kafka_AclOperation_t operation = rd_kafka_AclBinding_operation(entry);

    return rd_kafka_AclBinding_permission_type(entry) == RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW &&
           (operation == RD_KAFKA_ACL_OPERATION_WRITE || operation == RD_KAFKA_ACL_OPERATION_ALL);
}

static bool is_among(const rd_kafka_AclBinding_t **entries, size_t count, const char *principal)
{
    for (size_t i = 0; i < count; i++)
        if (allows_writing(entries[i]) &&
            !strcmp(rd_kafka_AclBinding_principal(entries[i]), principal))
            return true;
    return false;
}

static void list_writers(const rd_kafka_AclBinding_t **entries, size_t entry_count,
                         struct buffer *principals, size_t *count)
{
    for (size_t i = 0; i < entry_count; i++) {
        const char *principal = rd_kafka_AclBinding_principal(entries[i]);

        if (!allows_writing(entries[i]) || is_among(entries, i, principal))
            continue;
        buffer_append_text(principals, *count ? ", " : "");
        buffer_append_text(principals, principal);
        ++*count;
    }
}

static bool is_refusal(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_SECURITY_DISABLED ||
           code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE ||
           code == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION;
}

static int read_answer(rd_kafka_event_t *event, struct buffer *principals, size_t *count,
                       struct err *err)
{
    const rd_kafka_DescribeAcls_result_t *result = rd_kafka_event_DescribeAcls_result(event);
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    const rd_kafka_AclBinding_t **entries;
    size_t entry_count = 0;

    if (is_refusal(code))
        return DONE;
    if (code)
        return kafka_error(err, code, "asking who may write a topic");
    entries = rd_kafka_DescribeAcls_result_acls(result, &entry_count);
    list_writers(entries, entry_count, principals, count);
    return principals->failed ? err_no_memory(err) : DONE;
}

int inspector_writers(struct inspector *inspector, const char *topic, int timeout_ms,
                      struct buffer *principals, size_t *count, struct err *err)
{
    char text[128];
    rd_kafka_AclBindingFilter_t *filter = rd_kafka_AclBindingFilter_new(
        RD_KAFKA_RESOURCE_TOPIC, topic, RD_KAFKA_RESOURCE_PATTERN_MATCH, NULL, NULL,
        RD_KAFKA_ACL_OPERATION_ANY, RD_KAFKA_ACL_PERMISSION_TYPE_ANY, text, sizeof text);
    rd_kafka_AdminOptions_t *options;
    rd_kafka_queue_t *queue;
    rd_kafka_event_t *event;
    int rc;

    *count = 0;
    if (!filter)
        return err_set(err, RETRY, "KAFKA_ERROR", "asking who may write a topic: %s", text);
    options = rd_kafka_AdminOptions_new(inspector->rk, RD_KAFKA_ADMIN_OP_DESCRIBEACLS);
    queue = rd_kafka_queue_new(inspector->rk);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, text, sizeof text);
    rd_kafka_DescribeAcls(inspector->rk, filter, options, queue);
    event = query_answer(queue, timeout_ms);
    rc = read_answer(event, principals, count, err);
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_AclBinding_destroy(filter);
    return rc;
}

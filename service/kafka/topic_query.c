// SPDX-License-Identifier: Apache-2.0
#include "kafka/topic_query.h"

#include "kafka/settings.h"

int topic_query(rd_kafka_t *rk, const char *topic, uint32_t turn, int timeout_ms,
                int32_t *partitions, int32_t *leader, struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
    rd_kafka_resp_err_t code;

    if (!handle)
        return kafka_error(err, rd_kafka_last_error(), topic);
    code = rd_kafka_metadata(rk, 0, handle, &metadata, timeout_ms);
    rd_kafka_topic_destroy(handle);
    if (code)
        return kafka_error(err, code, "asking for a topic");
    code = metadata->topic_cnt == 1 ? metadata->topics[0].err
                                    : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    *partitions = code ? 0 : metadata->topics[0].partition_cnt;
    *leader =
        *partitions > 0 ? metadata->topics[0].partitions[turn % (uint32_t)*partitions].leader : -1;
    rd_kafka_metadata_destroy(metadata);
    if (code && code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return kafka_error(err, code, topic);
    return DONE;
}

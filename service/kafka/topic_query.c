// SPDX-License-Identifier: Apache-2.0
#include "kafka/topic_query.h"

#include "kafka/settings.h"

static struct two_leaders find_leaders(const struct rd_kafka_metadata_topic *topic, uint32_t turn)
{
    const uint32_t count = (uint32_t)topic->partition_cnt;
    struct two_leaders found = {-1, -1};

    for (uint32_t i = 0; i < count && found.other < 0; i++) {
        int32_t leader = topic->partitions[(turn + i) % count].leader;

        if (found.first < 0)
            found.first = leader;
        else if (leader != found.first)
            found.other = leader;
    }
    return found;
}

int topic_query(rd_kafka_t *rk, const char *topic, uint32_t turn, int timeout_ms,
                int32_t *partitions, struct two_leaders *leaders, struct err *err)
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
    if (leaders)
        *leaders = *partitions > 0 ? find_leaders(&metadata->topics[0], turn)
                                   : (struct two_leaders){-1, -1};
    rd_kafka_metadata_destroy(metadata);
    if (code && code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return kafka_topic_error(err, code, RIGHT_SEE_TOPIC, topic, topic);
    return DONE;
}

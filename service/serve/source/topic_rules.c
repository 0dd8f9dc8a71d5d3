// SPDX-License-Identifier: Apache-2.0
#include "serve/source/topic_rules.h"

int topic_judge(const char *topic, const struct topic_state *state, bool broker_stamps,
                struct err *err)
{
    if (!state->exists)
        return err_set(err, RETRY, "TOPIC_MISSING", "topic %s is missing", topic);
    if (!state->config_readable)
        return DONE;
    if (state->compacted)
        return err_set(err, FATAL, "TOPIC_COMPACTED",
                       "topic %s has cleanup.policy=compact, which would keep one record a job; "
                       "set it to delete: kafka-configs --alter --entity-type topics --entity-name "
                       "%s --add-config cleanup.policy=delete",
                       topic, topic);
    if (broker_stamps && !state->stamped_by_broker)
        return err_set(err, FATAL, "TOPIC_TIMESTAMPS",
                       "topic %s has the senders' timestamps, so that nobody knows how old a "
                       "request is; set it to the broker's: kafka-configs --alter --entity-type "
                       "topics --entity-name %s --add-config message.timestamp.type=LogAppendTime",
                       topic, topic);
    return DONE;
}

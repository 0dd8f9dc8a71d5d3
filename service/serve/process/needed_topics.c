// SPDX-License-Identifier: Apache-2.0
#include "serve/process/needed_topics.h"

#include <stdlib.h>

enum { OTHER_TOPICS = 4 }; // besides topic.events, which is a list

int needed_topics(const struct config *config, const struct topic_needs *needs,
                  struct needed_topic **out, size_t *count, struct err *err)
{
    const bool decides = needs->has_gate || needs->has_api;
    size_t events = 0, filled = 0;
    struct needed_topic *topics;

    while (config->event_topics[events])
        events++;
    topics = calloc(events + OTHER_TOPICS, sizeof *topics);
    if (!topics)
        return err_no_memory(err);
    for (size_t i = 0; needs->projects && i < events; i++)
        topics[filled++] = (struct needed_topic){
            .option = "topic.events", .name = config->event_topics[i], .is_read = true};
    if (needs->has_gate)
        topics[filled++] = (struct needed_topic){.option = "topic.cancel-requests",
                                                 .name = config->cancel_request_topic,
                                                 .is_read = true,
                                                 .has_brokers_time = true};
    if (decides) {
        topics[filled++] =
            (struct needed_topic){.option = "topic.commands", .name = config->command_topic};
        topics[filled++] = (struct needed_topic){.option = "topic.cancel-decisions",
                                                 .name = config->decision_topic};
    }
    if (needs->projects || needs->has_gate)
        topics[filled++] = (struct needed_topic){.option = "topic.dead-letters",
                                                 .name = config->dead_letter_topic};
    *out = topics;
    *count = filled;
    return DONE;
}

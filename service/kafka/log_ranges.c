// SPDX-License-Identifier: Apache-2.0
// What logs hold, asked of their leaders, one after the other. One question to all of them at once
// fails as a whole when a single one is silent.
#include <stdlib.h>
#include <string.h>

#include "kafka/client_query.h"
#include "kafka/consumer_private.h"
#include "kafka/settings.h"

enum { NOBODY = -1, NOT_ASKED = -2 };

struct question {
    const struct source *sources;
    size_t count;
    int timeout_ms;
    int32_t *leaders;   // room: of the sources; each is NOBODY once it was asked
    struct source *led; // room: those of one leader
    int64_t *offsets;   // room: what it tells of them
    struct log_range *ranges;
    bool ends_alone; // .low is not asked for
};

static int32_t leader_of(const struct rd_kafka_metadata_topic *topic, int32_t partition)
{
    for (int i = 0; i < topic->partition_cnt; i++)
        if (topic->partitions[i].id == partition)
            return topic->partitions[i].leader;
    return NOBODY;
}

// Of those sources that are of the topic.
static int find_leaders(rd_kafka_t *rk, struct slice topic, const struct source *sources,
                        size_t count, int timeout_ms, int32_t *leaders, struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic.data, NULL);
    rd_kafka_resp_err_t code;

    if (!handle)
        return kafka_error(err, rd_kafka_last_error(), topic.data);
    code = rd_kafka_metadata(rk, 0, handle, &metadata, timeout_ms);
    rd_kafka_topic_destroy(handle);
    if (code)
        return kafka_error(err, code, "asking who leads the partitions of a topic");
    for (size_t i = 0; i < count; i++)
        if (slice_equal(sources[i].topic, topic))
            leaders[i] = metadata->topic_cnt == 1
                             ? leader_of(&metadata->topics[0], sources[i].partition)
                             : NOBODY;
    rd_kafka_metadata_destroy(metadata);
    return DONE;
}

int leaders_ask(rd_kafka_t *rk, const struct source *sources, size_t count, int timeout_ms,
                int32_t *leaders, struct err *err)
{
    int rc = DONE;

    for (size_t i = 0; i < count; i++)
        leaders[i] = NOT_ASKED;
    for (size_t i = 0; i < count && !rc; i++)
        if (leaders[i] == NOT_ASKED)
            rc = find_leaders(rk, sources[i].topic, sources, count, timeout_ms, leaders, err);
    return rc;
}

// Asks one leader for one end of the logs that it leads. Whether it answered.
static bool ask_leader(rd_kafka_t *rk, const struct question *question, int32_t leader,
                       int64_t which)
{
    size_t count = 0, next = 0;
    struct err err;

    for (size_t i = 0; i < question->count; i++)
        if (question->leaders[i] == leader)
            question->led[count++] = question->sources[i];
    if (query_offsets(rk, question->led, count, which, question->timeout_ms, question->offsets,
                      &err))
        return false; // -1 says that it told nothing
    for (size_t i = 0; i < question->count; i++) {
        if (question->leaders[i] != leader)
            continue;
        if (which == RD_KAFKA_OFFSET_BEGINNING)
            question->ranges[i].low = question->offsets[next++];
        else
            question->ranges[i].high = question->offsets[next++];
    }
    return true;
}

static void ask_leaders(rd_kafka_t *rk, const struct question *question)
{
    for (size_t i = 0; i < question->count; i++)
        question->ranges[i].leader = question->leaders[i];
    for (size_t i = 0; i < question->count; i++) {
        const int32_t leader = question->leaders[i];

        if (leader < 0)
            continue;
        // Who is silent once is not asked again: others wait meanwhile.
        if (question->ends_alone || ask_leader(rk, question, leader, RD_KAFKA_OFFSET_BEGINNING))
            ask_leader(rk, question, leader, RD_KAFKA_OFFSET_END);
        for (size_t k = i; k < question->count; k++)
            if (question->leaders[k] == leader)
                question->leaders[k] = NOBODY;
    }
}

// known: who leads the sources; NULL: it is asked.
static int ask(rd_kafka_t *rk, struct question *question, const int32_t *known, struct err *err)
{
    const size_t room = question->count + 1;
    int rc = DONE;

    question->leaders = calloc(room, sizeof *question->leaders);
    question->led = calloc(room, sizeof *question->led);
    question->offsets = calloc(room, sizeof *question->offsets);
    for (size_t i = 0; i < question->count; i++)
        question->ranges[i] = (struct log_range){-1, -1, NOBODY};
    if (!question->leaders || !question->led || !question->offsets)
        rc = err_no_memory(err);
    else if (known)
        memcpy(question->leaders, known, question->count * sizeof *known);
    else
        rc = leaders_ask(rk, question->sources, question->count, question->timeout_ms,
                         question->leaders, err);
    if (!rc)
        ask_leaders(rk, question);
    free(question->offsets);
    free(question->led);
    free(question->leaders);
    return rc;
}

int log_ranges_ask(rd_kafka_t *rk, const struct source *sources, size_t count, int timeout_ms,
                   struct log_range *ranges, struct err *err)
{
    struct question question = {
        .sources = sources, .count = count, .timeout_ms = timeout_ms, .ranges = ranges};

    return ask(rk, &question, NULL, err);
}

int consumer_log_ends(struct consumer *consumer, const struct source *sources,
                      const int32_t *leaders, size_t count, int timeout_ms, int64_t *ends,
                      struct err *err)
{
    struct question question = {.sources = sources,
                                .count = count,
                                .timeout_ms = timeout_ms,
                                .ranges = calloc(count + 1, sizeof *question.ranges),
                                .ends_alone = true};
    int rc = question.ranges ? ask(consumer->rk, &question, leaders, err) : err_no_memory(err);

    for (size_t i = 0; i < count && !rc; i++)
        ends[i] = question.ranges[i].high;
    free(question.ranges);
    return rc;
}

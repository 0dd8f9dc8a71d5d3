// SPDX-License-Identifier: Apache-2.0
#include "serve/source/sources_kit.h"
#include "support/between.h"

#include <stdlib.h>

static int on_started(void *self, struct reading *reading, const struct source_position *position,
                      struct err *err)
{
    struct sources_kit *kit = self;

    kit->started[reading->source.partition]++;
    kit->started_at = *position;
    return kit->has_no_memory ? err_no_memory(err) : DONE;
}

static void on_dropped(void *self, struct reading *reading)
{
    struct sources_kit *kit = self;

    if (reading->source.partition < MADE_PARTITIONS)
        kit->dropped[reading->source.partition]++;
}

static void on_revoked(void *self, struct reading *const *readings, size_t count, bool lost)
{
    struct sources_kit *kit = self;

    kit->revocations++;
    kit->losses += lost;
    for (size_t i = 0; i < count; i++)
        kit->revoked[readings[i]->source.partition]++;
}

static void on_reached_end(void *self, struct reading *reading, int64_t next_offset)
{
    struct sources_kit *kit = self;

    kit->end_count++;
    kit->ends[reading->source.partition] = next_offset;
}

static void on_failed(void *self, const struct err *err)
{
    struct sources_kit *kit = self;

    kit->failures++;
    kit->failure = *err;
}

int kit_open(void **state)
{
    struct sources_kit *kit = calloc(1, sizeof *kit);
    struct err err;

    assert_non_null(kit);
    made_kafka_init(&kit->kafka);
    assert_int_equal(meters_new(&kit->metrics, &err), DONE);
    assert_int_equal(readings_init(&kit->readings, sizeof(struct reading), NULL, NULL, &err), DONE);
    sources_init(&kit->sources, &(struct sources_options){
                                    .readings = &kit->readings,
                                    .positions = made_positions(&kit->kafka),
                                    .cluster = made_cluster(&kit->kafka),
                                    .reader = made_reader(&kit->kafka),
                                    .metrics = kit->metrics,
                                    .stopping = &kit->stopping,
                                    .who = "gate",
                                    .now_us = made_clock,
                                    .hooks = {.self = kit,
                                              .started = on_started,
                                              .dropped = on_dropped,
                                              .revoked = on_revoked,
                                              .reached_end = on_reached_end,
                                              .failed = on_failed},
                                });
    sources_attach(&kit->sources, made_consumer(&kit->kafka));
    kit->events = sources_events(&kit->sources);
    catch_log();
    *state = kit;
    return 0;
}

int kit_close(void **state)
{
    struct sources_kit *kit = *state;

    release_log();
    sources_close(&kit->sources);
    readings_free(&kit->readings);
    metrics_free(kit->metrics);
    free(kit);
    return 0;
}

static void list(struct source sources[MADE_PARTITIONS], size_t count)
{
    assert_between(count, 0, MADE_PARTITIONS);
    for (size_t i = 0; i < count; i++)
        sources[i] = made_source((int32_t)i);
}

void kit_take(struct sources_kit *kit, size_t count)
{
    struct source sources[MADE_PARTITIONS];

    list(sources, count);
    kit->events.taken(kit->events.self, sources, count);
}

void kit_revoke(struct sources_kit *kit, size_t count, bool lost)
{
    struct source sources[MADE_PARTITIONS];

    list(sources, count);
    kit->events.revoked(kit->events.self, sources, count, lost);
}

struct kafka_record kit_record(int32_t partition, int64_t offset, const char *value)
{
    return (struct kafka_record){
        .partition = partition,
        .topic = slice_of(MADE_TOPIC),
        .offset = offset,
        .timestamp_ms = 1000 + offset,
        .key = slice_of("key"),
        .value = slice_of(value ? value : "as it was"),
        .bytes = 100,
    };
}

void kit_store(struct sources_kit *kit, int32_t partition, int64_t next_offset)
{
    const struct kafka_record last = kit_record(partition, next_offset - 1, NULL);

    kit->kafka.partitions[partition] = (struct made_partition){
        .high = next_offset + 100,
        .is_stored = true,
        .position = {.next_offset = next_offset,
                     .last_offset = last.offset,
                     .last_timestamp_ms = last.timestamp_ms,
                     .last_hash = record_hash(last.timestamp_ms, last.key, last.value)},
        .cluster_id = "here",
    };
}

struct reading *kit_reading(struct sources_kit *kit, int32_t partition)
{
    const struct source source = made_source(partition);

    return readings_find(&kit->readings, &source);
}

struct reading *kit_started(struct sources_kit *kit)
{
    struct reading *reading;

    kit_store(kit, 0, 9);
    kit_take(kit, 1);
    sources_start_due(&kit->sources);
    reading = kit_reading(kit, 0);
    assert_int_equal(reading->state, READING_STARTED);
    return reading;
}

void kit_pass(struct sources_kit *kit, int64_t us)
{
    kit->kafka.now_us += us;
}

bool kit_wants(struct sources_kit *kit, const struct kafka_record *record)
{
    return sources_want(&kit->sources, kit_reading(kit, record->partition), record);
}

bool kit_heard(struct sources_kit *kit, struct reading *reading, int64_t log_end,
               int64_t asked_at_us)
{
    const struct watched_end end = {.offset = log_end, .monotonic_us = asked_at_us};

    return sources_heard(&kit->sources, reading, &end);
}

int64_t kit_rebalances(const struct sources_kit *kit, enum rebalance_kind kind)
{
    return metrics_read(kit->metrics, METER_REBALANCES, kind, 0);
}

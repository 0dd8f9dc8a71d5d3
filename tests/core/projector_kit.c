// SPDX-License-Identifier: Apache-2.0
#include "core/projector_kit.h"

static uint64_t draw(void *self)
{
    return ++*(uint64_t *)self;
}

static void on_released(void *self, const struct source *source)
{
    struct projector_kit *kit = self;

    assert_slice(source->topic, "events");
    kit->released++;
}

struct source_position kit_position(const struct projector_kit *kit)
{
    return kit->store.source_count ? kit->store.sources[0].position
                                   : (struct source_position){.last_offset = -1};
}

void kit_take(struct projector_kit *kit)
{
    const struct source_position position = kit_position(kit);

    kit->track = projector_take(kit->projector, &kit->source, &position);
    assert_non_null(kit->track);
    kit->offset = position.next_offset;
}

void kit_open(struct projector_kit *kit, size_t records_max, size_t cache_bytes_max)
{
    memset(kit, 0, sizeof *kit);
    memory_store_init(&kit->store);
    kit->port = memory_store_port(&kit->store);
    kit->source = (struct source){SLICE_LITERAL("events"), 0};
    kit->horizons.latest_us = TIME_NONE;
    kit->projector = projector_new(&(struct projector_options){
        .store = &kit->port,
        .random = {&kit->drawn, draw},
        .horizons = &kit->horizons,
        .batch_records_max = records_max,
        .batch_bytes_max = 1 << 20,
        .cache_bytes_max = cache_bytes_max,
        .released = on_released,
        .self = kit,
    });
    assert_non_null(kit->projector);
    kit_take(kit);
}

void kit_close(struct projector_kit *kit)
{
    projector_free(kit->projector);
    memory_store_close(&kit->store);
}

int kit_bring(struct projector_kit *kit, struct event event)
{
    bool changed;
    int rc = projector_event(kit->projector, kit->track, kit->offset, &event, &changed, &kit->err);
    const struct read_record last = {.offset = kit->offset, .timestamp_ms = 1, .hash = 2};

    if (rc == POISON) {
        const struct dead_letter letter = {
            .offset = kit->offset, .stage = "store", .reason = kit->err.reason};
        struct err err;

        assert_int_equal(projector_dead_letter(kit->projector, kit->track, &letter, &err), DONE);
    }
    if (!rc || rc == POISON)
        track_advance(kit->track, ++kit->offset, &last);
    return rc;
}

int kit_step(struct projector_kit *kit, bool *committed)
{
    return projector_step(kit->projector, &kit->done, committed, &kit->err);
}

void kit_settle(struct projector_kit *kit)
{
    bool committed;

    while (!projector_is_idle(kit->projector))
        assert_int_equal(kit_step(kit, &committed), DONE);
}

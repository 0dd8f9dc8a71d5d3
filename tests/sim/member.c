// SPDX-License-Identifier: Apache-2.0
#include "sim/member.h"

#include <stdlib.h>

#include "sim/made_transaction.h"

static uint64_t draw(void *self)
{
    return dice_u64(self);
}

static void on_released(void *self, const struct source *source)
{
    struct member *member = self;

    member->holds[made_log_find(member->log, source)].settling = false;
}

static void new_projector(struct member *member)
{
    static const size_t records[] = {1, 2, 7, 1000}, bytes[] = {300, 5000, 1 << 20};
    static const size_t cache_bytes[] = {0, 5000, 1 << 20};

    member->options.batch_records_max = records[dice_below(member->dice, 4)];
    member->options.batch_bytes_max = bytes[dice_below(member->dice, 3)];
    member->options.cache_bytes_max = cache_bytes[dice_below(member->dice, 3)];
    member->projector = projector_new(&member->options);
    if (!member->projector)
        abort();
}

void member_init(struct member *member, size_t index, struct made_log *log,
                 struct made_server *server, struct dice *dice)
{
    *member = (struct member){.log = log, .server = server, .dice = dice};
    made_connection_init(&member->connection, server, index);
    member->greedy = dice_percent(dice, 30);
    member->options = (struct projector_options){
        .store = &member->connection.port,
        .random = {.self = dice, .u64 = draw},
        .released = on_released,
        .self = member,
    };
    new_projector(member);
}

void member_close(struct member *member)
{
    projector_free(member->projector);
    made_connection_close(&member->connection);
}

void member_give(struct member *member, size_t partition)
{
    member->holds[partition].owned = true;
}

void member_revoke(struct member *member, size_t partition)
{
    struct hold *hold = &member->holds[partition];
    struct track *track = hold->track;

    *hold = (struct hold){.settling = hold->settling || track};
    if (track)
        projector_release(member->projector, track);
}

// What the projector held is worth nothing: partitions are taken anew. A position that was read
// over another connection, on its way to the projector, does not know of that.
static void drop_holds(struct member *member)
{
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        struct hold *hold = &member->holds[i];

        hold->track = NULL;
        hold->settling = false;
    }
    member->restarts++;
}

void member_restart(struct member *member)
{
    made_connection_cut(&member->connection);
    made_connection_open(&member->connection);
    projector_free(member->projector);
    new_projector(member);
    drop_holds(member);
    for (size_t i = 0; i < SIM_PARTITIONS; i++)
        member->holds[i].position_read = false;
}

static void step(struct member *member)
{
    struct batch_done done;
    bool committed = false;
    struct err err;
    int rc;

    if (!member->connection.alive && dice_percent(member->dice, 50))
        return;
    rc = projector_step(member->projector, &done, &committed, &err);
    if (rc == FATAL)
        made_fault(member->server, "FATAL: %s", err.text);
    if (rc)
        drop_holds(member);
    if (rc && !member->connection.alive)
        made_connection_open(&member->connection);
}

static struct hold *some_hold(struct member *member, size_t *partition)
{
    *partition = dice_below(member->dice, SIM_PARTITIONS);
    return &member->holds[*partition];
}

// Reading a position and taking the partition from there are two moments.
static void take(struct member *member)
{
    size_t partition;
    struct hold *hold = some_hold(member, &partition);

    if (!hold->owned || hold->track || hold->settling ||
        !member->log->partitions[partition].is_there)
        return;
    if (!hold->position_read) {
        hold->position = member->server->now.positions[partition];
        member->server->now.is_known[partition] = true;
        hold->position_read = true;
        return;
    }
    hold->position_read = false;
    hold->next = hold->position.next_offset;
    hold->track = projector_take(member->projector, &member->log->partitions[partition].source,
                                 &hold->position);
    if (!hold->track)
        abort();
}

static void dead_letter(struct member *member, struct hold *hold, int64_t offset, const char *stage,
                        const char *reason)
{
    const struct dead_letter letter = {
        .offset = offset,
        .timestamp_ms = offset,
        .value = SLICE_LITERAL("the record's bytes"),
        .stage = stage,
        .reason = reason,
        .message = SLICE_LITERAL("what was wrong"),
    };
    struct err err;

    if (projector_dead_letter(member->projector, hold->track, &letter, &err))
        abort();
}

static void bring_record(struct member *member, struct hold *hold, const struct made_record *record,
                         int64_t offset)
{
    bool changed;
    struct err err;
    int rc;

    if (record->kind == MADE_GARBAGE) {
        dead_letter(member, hold, offset, "decode", "GARBAGE");
        return;
    }
    rc = projector_event(member->projector, hold->track, offset, &record->event, &changed, &err);
    if (rc == POISON)
        dead_letter(member, hold, offset, "store", err.reason);
    else if (rc)
        abort();
}

// A few records of one partition; the position moves on behind them.
static void bring(struct member *member)
{
    size_t partition, budget = member->greedy ? SIM_OFFSETS_MAX : dice_between(member->dice, 1, 16);
    struct hold *hold = some_hold(member, &partition);
    const struct made_partition *from = &member->log->partitions[partition];
    struct read_record last = {.offset = -1};

    if (!hold->track)
        return;
    for (; budget > 0 && hold->next < from->end; hold->next++) {
        const struct made_record *record = &from->records[hold->next];

        if (record->kind == MADE_CONTROL)
            continue;
        if (!projector_has_room(member->projector))
            break;
        bring_record(member, hold, record, hold->next);
        last = (struct read_record){hold->next, record->timestamp_ms, record->hash};
        budget--;
    }
    if (last.offset >= 0)
        track_advance(hold->track, last.offset + 1, &last);
}

// The end of what is visible: behind control records, too.
static void reach_end(struct member *member)
{
    size_t partition;
    struct hold *hold = some_hold(member, &partition);
    const struct made_partition *from = &member->log->partitions[partition];

    if (!hold->track)
        return;
    while (hold->next < from->end && from->records[hold->next].kind == MADE_CONTROL)
        hold->next++;
    if (hold->next == from->end)
        track_advance(hold->track, hold->next, NULL);
}

// The moment first; what is asked for then may have become more meanwhile.
static void look_at_log_end(struct member *member, int64_t now_us)
{
    size_t partition;
    struct hold *hold = some_hold(member, &partition);
    const struct made_partition *from = &member->log->partitions[partition];

    if (!hold->moment_us) {
        hold->moment_us = now_us;
        return;
    }
    if (hold->track)
        track_log_end(hold->track, from->true_end, hold->moment_us,
                      made_log_count(member->log, from->source.topic));
    hold->moment_us = 0;
}

void member_act(struct member *member, int64_t now_us)
{
    switch (dice_below(member->dice, 13)) {
    case 0:
    case 1:
        take(member);
        break;
    case 2:
    case 3:
    case 4:
        bring(member);
        break;
    case 5:
        reach_end(member);
        break;
    case 6:
    case 7:
        look_at_log_end(member, now_us);
        break;
    default:
        step(member);
        break;
    }
}

static bool is_settled(const struct hold *hold, int64_t end, int64_t since_us)
{
    if (!hold->owned)
        return !hold->settling;
    return hold->track && hold->track->position.next_offset == end &&
           hold->track->caught_up_at_us >= since_us;
}

bool member_is_at_rest(const struct member *member, int64_t since_us)
{
    for (size_t i = 0; i < SIM_PARTITIONS; i++) {
        if (!is_settled(&member->holds[i], member->log->partitions[i].end, since_us))
            return false;
    }
    return projector_is_idle(member->projector);
}

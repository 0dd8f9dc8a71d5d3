// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "sim/log_sim.h"

enum { CHECKPOINT_EVERY_US = 60 * 1000 * 1000 };

static int load(void *self, const struct source *sources, size_t count, struct stored_position *out,
                struct err *err)
{
    struct log_sim *sim = self;

    (void)err;
    for (size_t i = 0; i < count; i++)
        out[i] = sim->partitions[sources[i].partition].stored;
    return DONE;
}

static int create(void *self, const struct position_begin *begins, size_t count,
                  const char *cluster, struct err *err)
{
    struct log_sim *sim = self;

    (void)err;
    (void)cluster;
    for (size_t i = 0; i < count; i++) {
        struct sim_partition *partition = &sim->partitions[begins[i].source.partition];

        if (!partition->stored.found)
            partition->stored.position = begins[i].position;
        partition->stored.found = true;
        partition->stored.cluster_id = SLICE_LITERAL("here");
    }
    return DONE;
}

static void rest(void *self)
{
    (void)self;
}

struct position_keeper log_sim_positions(struct log_sim *sim)
{
    return (struct position_keeper){.self = sim, .load = load, .create = create, .rest = rest};
}

void log_sim_forget(struct log_sim *sim)
{
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++) {
        sim->partitions[i].stored = (struct stored_position){0};
        sim->partitions[i].is_mixed = false;
    }
}

// As positions_move.both_logs.sql does it.
static void keep_checkpoint(struct log_sim *sim, struct sim_partition *partition)
{
    struct stored_position *stored = &partition->stored;
    const struct source_position *last = &stored->position;
    const bool is_first = last->last_offset < 0;

    if (is_first ? partition->first.offset < 0
                 : stored->checkpoint_count &&
                       sim->now_us - partition->checkpointed_at_us <= CHECKPOINT_EVERY_US)
        return;
    memmove(&stored->checkpoints[1], stored->checkpoints,
            (CHECKPOINTS_MAX - 1) * sizeof *stored->checkpoints);
    stored->checkpoints[0] =
        is_first
            ? partition->first
            : (struct read_record){last->last_offset, last->last_timestamp_ms, last->last_hash};
    stored->checkpoint_count += stored->checkpoint_count < CHECKPOINTS_MAX;
    partition->checkpointed_at_us = sim->now_us;
}

// Whether the record at that offset of a partition went away with that change.
static bool took(const struct sim_change *change, size_t partition, int64_t offset)
{
    return !change->is_of_one || (change->partition == partition && change->offset <= offset);
}

// Whether it was noticed that the one in front of what was folded went away, before it was read.
static bool was_noticed(const struct log_sim *sim, int life, const struct sim_message *folded)
{
    const struct kafka_record *record = &folded->message.record;

    while (++life <= folded->before_life)
        if (sim->changes[life].is_noticed &&
            took(&sim->changes[life], (size_t)record->partition, record->offset - 1))
            return true;
    return false;
}

// Where that was noticed no position moves on in the new log from where the old one was read to.
// One that nothing was read before is of every log.
static void check_life(struct log_sim *sim, struct sim_partition *partition,
                       const struct sim_message *folded)
{
    bool is_other = partition->stored.position.last_offset >= 0 &&
                    folded->before_life != partition->position_life;

    if (is_other && was_noticed(sim, partition->position_life, folded))
        log_sim_fault(sim, "a record behind one of life %d is projected behind one of life %d",
                      folded->before_life, partition->position_life);
    partition->is_mixed |= is_other;
    partition->position_life = folded->life;
}

// The first commit of a partition has records of two lives.
static bool is_first_and_mixed(const struct sim_partition *partition)
{
    if (partition->stored.position.last_offset >= 0)
        return false;
    for (size_t i = 1; i < partition->folded_count; i++)
        if (partition->folded[i]->before_life != partition->folded[i - 1]->life)
            return true;
    return false;
}

static bool is_in_log(const struct sim_partition *partition, int64_t offset, int life)
{
    return offset < partition->end && partition->lives[offset] == life;
}

static void commit(struct log_sim *sim, struct sim_partition *partition)
{
    if (sim->process.failure.disposition)
        log_sim_fault(sim, "a position moves after its topic was refused");
    partition->is_mixed |= is_first_and_mixed(partition);
    for (size_t i = 0; i < partition->folded_count; i++) {
        const struct sim_message *folded = partition->folded[i];

        check_life(sim, partition, folded);
        if (is_in_log(partition, folded->message.record.offset, folded->life))
            partition->is_projected[folded->message.record.offset] = true;
    }
    partition->folded_count = 0;
    keep_checkpoint(sim, partition);
    partition->stored.position = partition->position;
    partition->expected = partition->position.next_offset;
}

void log_sim_fail_batch(struct log_sim *sim)
{
    for (size_t i = 0; i < sim->readings.count; i++) {
        struct projected_partition *projected = projected_partition(sim->readings.items[i]);
        struct sim_partition *partition = &sim->partitions[projected->reading.source.partition];

        if (!partition->is_taken)
            continue;
        partition->is_taken = false;
        partition->folded_count = 0;
        projected->reading.restart_reason = "LOCK_TIMEOUT";
        projected->reading.restart_wanted = true;
        projected->settled_epoch = projected->epoch;
    }
}

// False where it was refused.
static bool commit_if_any(struct log_sim *sim, struct sim_partition *partition)
{
    if (!partition->is_taken || !partition->folded_count || sim->process.abandons_batches)
        return true;
    if (partition->stored.position.next_offset != partition->expected) {
        log_sim_fail_batch(sim); // FENCED
        return false;
    }
    commit(sim, partition);
    return true;
}

static void take(struct sim_partition *partition, const struct source_position *position)
{
    partition->is_taken = true;
    partition->position = *position;
    partition->first.offset = -1;
    partition->expected = position->next_offset;
    partition->folded_count = 0;
}

static void fold(struct log_sim *sim, struct sim_partition *partition, struct work *work)
{
    for (size_t i = 0; i < work->records.count; i++) {
        const struct kafka_record *record = &work->records.messages[i]->record;

        if (record->offset != partition->position.next_offset)
            log_sim_fault(sim, "%lld is handed out, and %lld was next", (long long)record->offset,
                          (long long)partition->position.next_offset);
        partition->folded[partition->folded_count++] =
            (struct sim_message *)(void *)work->records.messages[i];
        partition->position =
            (struct source_position){record->offset + 1, record->offset, record->timestamp_ms,
                                     record_hash(record->timestamp_ms, record->key, record->value)};
        if (partition->first.offset < 0)
            partition->first = (struct read_record){record->offset, record->timestamp_ms,
                                                    partition->position.last_hash};
    }
}

static void bring(struct log_sim *sim, struct work *work)
{
    struct sim_partition *partition = &sim->partitions[work->partition->reading.source.partition];

    if (work->kind == WORK_RELEASE) {
        if (commit_if_any(sim, partition))
            work->partition->settled_epoch = work->epoch;
        partition->is_taken = false;
    } else if (!work_is_current(work)) {
        return;
    } else if (work->kind == WORK_TAKE) {
        take(partition, &work->position);
    } else if (work->kind == WORK_RECORDS && partition->is_taken) {
        fold(sim, partition, work);
    }
}

void log_sim_work(struct log_sim *sim)
{
    struct work *work;

    if (dice_percent(&sim->dice, 40)) {
        commit_if_any(sim, &sim->partitions[dice_below(&sim->dice, LOG_SIM_PARTITIONS)]);
        return;
    }
    work = work_queue_pop(sim->queue);
    if (work)
        bring(sim, work);
    work_free(work);
}

void log_sim_work_all(struct log_sim *sim)
{
    struct work *work;

    while ((work = work_queue_pop(sim->queue))) {
        bring(sim, work);
        work_free(work);
    }
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++)
        commit_if_any(sim, &sim->partitions[i]);
}

// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/log_sim.h"

enum { FETCHED_AT_ONCE = 20, GROWS_BY = 30, LOSES_UP_TO = 40, LATE_NOTICE_PERCENT = 30 };

void log_sim_fault(struct log_sim *sim, const char *format, ...)
{
    va_list arguments;

    if (sim->fault[0])
        return;
    va_start(arguments, format);
    vsnprintf(sim->fault, sizeof sim->fault, format, arguments);
    va_end(arguments);
}

struct source log_sim_source(size_t partition)
{
    return (struct source){slice_of(LOG_SIM_TOPIC), (int32_t)partition};
}

static struct sim_partition *partition_of(struct log_sim *sim, const struct source *source)
{
    return &sim->partitions[source->partition];
}

static void write(struct sim_partition *partition, int64_t count)
{
    for (; count > 0 && partition->end < LOG_SIM_OFFSETS_MAX; count--)
        partition->lives[partition->end++] = partition->log_life;
}

static struct sim_partition *any_partition(struct log_sim *sim)
{
    return &sim->partitions[dice_below(&sim->dice, LOG_SIM_PARTITIONS)];
}

void log_sim_grow(struct log_sim *sim)
{
    struct sim_partition *partition = any_partition(sim);

    write(partition, (int64_t)dice_between(&sim->dice, 1, GROWS_BY));
}

// Told of all partitions, sooner or later, or of one and at once.
static void give_notice(struct log_sim *sim)
{
    size_t only = dice_below(&sim->dice, LOG_SIM_PARTITIONS);
    bool of_one = dice_percent(&sim->dice, 50);

    sim->changes[sim->life].is_noticed = !of_one || sim->partitions[only].is_fetched;
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++) {
        struct sim_partition *partition = &sim->partitions[i];

        if (!partition->is_fetched || (of_one && i != only))
            continue;
        partition->has_notice = true;
        partition->notice_life = sim->life;
        partition->has_late_notice = !of_one;
    }
}

// The new logs are filled at once, often beyond where the old ones ended.
void log_sim_remake(struct log_sim *sim)
{
    size_t regrown_percent = dice_percent(&sim->dice, 50) ? 100 : 50;

    if (sim->life + 1 == LOG_SIM_LIVES_MAX)
        return;
    sim->life++;
    sim->remade++;
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++) {
        struct sim_partition *partition = &sim->partitions[i];
        int64_t was = partition->end;

        partition->log_life = sim->life;
        memset(partition->is_projected, 0, sizeof partition->is_projected);
        partition->end = 0;
        if (dice_percent(&sim->dice, regrown_percent) && was + GROWS_BY < LOG_SIM_OFFSETS_MAX)
            write(partition, was + (int64_t)dice_below(&sim->dice, GROWS_BY));
    }
    if (sim->tells_remaking)
        give_notice(sim);
}

// What was acknowledged and is lost is replaced at once, often by more. No broker leads a log
// twice: one that comes back is told from the one before by nothing but the time that it was away.
static void lose_records(struct log_sim *sim, struct sim_partition *partition)
{
    const int64_t was = partition->end;
    int64_t lost = (int64_t)dice_below(&sim->dice, LOSES_UP_TO);

    if (sim->life + 1 == LOG_SIM_LIVES_MAX || !was)
        return;
    partition->end = lost < was ? was - lost - 1 : 0;
    partition->log_life = ++sim->life;
    sim->torn++;
    sim->changes[sim->life] =
        (struct sim_change){.is_noticed = true,
                            .is_of_one = true,
                            .partition = (size_t)(partition - sim->partitions),
                            .offset = partition->end};
    memset(&partition->is_projected[partition->end], 0, (size_t)(was - partition->end));
    if (dice_percent(&sim->dice, 70))
        write(partition, was - partition->end + (int64_t)dice_below(&sim->dice, GROWS_BY));
}

void log_sim_elect(struct log_sim *sim)
{
    struct sim_partition *partition = any_partition(sim);

    partition->leader++;
    if (dice_percent(&sim->dice, 50))
        lose_records(sim, partition);
}

// The record at that offset.
static void fill(const struct log_sim *sim, struct kafka_message *message, char value[24],
                 size_t partition, int64_t offset)
{
    const struct sim_partition *from = &sim->partitions[partition];

    snprintf(value, 24, "%d:%lld", from->lives[offset], (long long)offset);
    *message = (struct kafka_message){
        .record = {.partition = (int32_t)partition,
                   .broker_id = from->leader,
                   .topic = slice_of(LOG_SIM_TOPIC),
                   .offset = offset,
                   .timestamp_ms = 1000 + offset,
                   .value = slice_of(value),
                   .bytes = 100},
    };
}

static struct sim_message *message_new(struct log_sim *sim, size_t partition, int64_t offset)
{
    struct sim_message *made = calloc(1, sizeof *made);

    if (!made)
        abort();
    fill(sim, &made->message, made->value, partition, offset);
    made->life = sim->partitions[partition].lives[offset];
    made->before_life = offset ? sim->partitions[partition].lives[offset - 1] : made->life;
    made->before = sim->messages;
    sim->messages = made;
    sim->records++;
    return made;
}

void log_sim_free_messages(struct log_sim *sim)
{
    while (sim->messages) {
        struct sim_message *made = sim->messages;

        sim->messages = made->before;
        free(made);
    }
}

// A notice of one partition alone is lost with what was fetched of it.
static void forget_waiting(struct log_sim *sim, struct sim_partition *partition)
{
    if (partition->has_notice && !partition->has_late_notice)
        sim->changes[partition->notice_life].is_noticed = false;
    partition->waiting_count = 0;
    partition->has_notice = false;
}

static int start(void *self, const struct source *source, int64_t offset, struct err *err)
{
    struct log_sim *sim = self;
    struct sim_partition *partition = partition_of(sim, source);

    (void)err;
    forget_waiting(sim, partition);
    partition->is_fetched = true;
    partition->fetch_at = offset;
    return DONE;
}

static int stop_reading(void *self, const struct source *source, struct err *err)
{
    struct sim_partition *partition = partition_of(self, source);

    (void)err;
    forget_waiting(self, partition);
    partition->is_fetched = false;
    return DONE;
}

static int hold(void *self, const struct source *source, struct err *err)
{
    (void)self;
    (void)source;
    (void)err;
    return DONE;
}

static int unheard(const struct log_sim *sim, struct err *err)
{
    return sim->is_unheard ? err_set(err, RETRY, "BROKERS_UNREACHABLE", "no broker answers") : DONE;
}

static int log_ranges(void *self, const struct source *sources, size_t count, int timeout_ms,
                      struct log_range *ranges, struct err *err)
{
    (void)timeout_ms;
    for (size_t i = 0; i < count; i++)
        ranges[i] = (struct log_range){0, partition_of(self, &sources[i])->end,
                                       partition_of(self, &sources[i])->leader};
    return unheard(self, err);
}

static int cluster_id(void *self, int timeout_ms, char **out, struct err *err)
{
    (void)timeout_ms;
    if (unheard(self, err))
        return RETRY;
    *out = strdup("here");
    return *out ? DONE : err_no_memory(err);
}

static int topic_state(void *self, const char *topic, int timeout_ms, struct topic_state *state,
                       struct err *err)
{
    (void)topic;
    (void)timeout_ms;
    *state = (struct topic_state){.exists = true, .config_readable = true};
    return unheard(self, err);
}

struct consumer_port log_sim_consumer(struct log_sim *sim)
{
    return (struct consumer_port){
        .self = sim, .start = start, .stop = stop_reading, .pause = hold, .resume = hold};
}

struct cluster_port log_sim_cluster(struct log_sim *sim)
{
    return (struct cluster_port){.self = sim,
                                 .log_ranges = log_ranges,
                                 .cluster_id = cluster_id,
                                 .topic_state = topic_state};
}

static int read_record(void *self, const struct source *source, int64_t offset, int timeout_ms,
                       struct kafka_message **out, struct err *err)
{
    struct log_sim *sim = self;

    (void)timeout_ms;
    *out = NULL;
    if (offset < partition_of(sim, source)->end) {
        fill(sim, &sim->found, sim->found_value, (size_t)source->partition, offset);
        *out = &sim->found;
    }
    return unheard(sim, err);
}

struct record_reader log_sim_reader(struct log_sim *sim)
{
    return (struct record_reader){sim, read_record};
}

// A client that did not notice that the topic was made again reads on in the new log.
void log_sim_fetch(struct log_sim *sim)
{
    size_t at = dice_below(&sim->dice, LOG_SIM_PARTITIONS);
    struct sim_partition *partition = &sim->partitions[at];
    size_t most = dice_between(&sim->dice, 1, FETCHED_AT_ONCE);

    if (!partition->is_fetched || partition->has_notice || sim->is_unheard)
        return;
    for (; most && partition->fetch_at < partition->end &&
           partition->waiting_count < LOG_SIM_WAITING_MAX;
         most--)
        partition->waiting[partition->waiting_count++] =
            message_new(sim, at, partition->fetch_at++);
}

static void tell_failure(struct log_sim *sim, size_t partition, const char *reason)
{
    const struct source source = log_sim_source(partition);
    struct err err;

    err_set(&err, RETRY, reason, "the made Kafka says %s", reason);
    sim->partitions[partition].is_fetched = sim->partitions[partition].has_notice = false;
    sim->events.partition_failed(sim->events.self, &source, &err);
}

static void tell_failures(struct log_sim *sim)
{
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++) {
        struct sim_partition *partition = &sim->partitions[i];

        if (!partition->is_fetched)
            continue;
        if (partition->has_notice &&
            !(partition->has_late_notice && dice_percent(&sim->dice, LATE_NOTICE_PERCENT)))
            tell_failure(sim, i, "TOPIC_MISSING");
        else if (partition->fetch_at > partition->end && !sim->is_unheard)
            tell_failure(sim, i, "OFFSET_OUT_OF_RANGE");
    }
}

size_t log_sim_poll(struct log_sim *sim, struct kafka_message **messages, size_t max)
{
    size_t count = 0;

    tell_failures(sim);
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++) {
        struct sim_partition *partition = &sim->partitions[i];

        for (size_t j = 0; j < partition->waiting_count && count < max; j++)
            messages[count++] = &partition->waiting[j]->message;
        partition->waiting_count = 0;
    }
    return count;
}

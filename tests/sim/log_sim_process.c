// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/position.h"
#include "sim/log_sim.h"

enum { FROZEN_MAX_US = 20 * 1000 * 1000 };
enum { TROUBLE_TURNS = 400, CALM_TURNS = 700, CALM_STEP_US = 500 * 1000 };

// For what is wrapped: the clock, waiting, and what is drawn by chance (backoff_us).
static struct log_sim *running;

int64_t __wrap_clock_monotonic_us(void);
int __wrap_nanosleep(const struct timespec *time, struct timespec *rest);
uint64_t __real_random_u64(void);
uint64_t __wrap_random_u64(void);

int64_t __wrap_clock_monotonic_us(void)
{
    return running->now_us;
}

// Whoever waits lets the worker go on.
int __wrap_nanosleep(const struct timespec *time, struct timespec *rest)
{
    (void)rest;
    running->now_us += time->tv_nsec / 1000 + 1;
    log_sim_work(running);
    return 0;
}

uint64_t __wrap_random_u64(void)
{
    return running ? dice_u64(&running->dice) : __real_random_u64();
}

static void must(int rc)
{
    if (rc)
        abort();
}

static void take_all(struct log_sim *sim)
{
    struct source sources[LOG_SIM_PARTITIONS];

    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++)
        sources[i] = log_sim_source(i);
    sim->events.taken(sim->events.self, sources, LOG_SIM_PARTITIONS);
}

static void revoke_all(struct log_sim *sim)
{
    struct source sources[LOG_SIM_PARTITIONS];

    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++) {
        struct err err;

        sources[i] = log_sim_source(i);
        must(sim->dispatcher.sources.consumer.stop(sim, &sources[i], &err));
    }
    sim->events.revoked(sim->events.self, sources, LOG_SIM_PARTITIONS,
                        dice_percent(&sim->dice, 30));
}

static void begin_process(struct log_sim *sim)
{
    const struct position_keeper positions = log_sim_positions(sim);
    const struct cluster_port cluster = log_sim_cluster(sim);
    const struct record_reader reader = log_sim_reader(sim);
    struct err err;

    sim->starts++;
    sim->process = (struct process){.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    pthread_mutex_init(&sim->process.mutex, NULL);
    must(metrics_new(NULL, 0, &sim->process.metrics, &err)); // nobody reads them
    must(readings_init(&sim->readings, sizeof(struct projected_partition), NULL, NULL, &err));
    must(work_queue_new(&sim->queue, &err));
    dispatcher_init(&sim->dispatcher, &sim->process, &sim->readings, &sim->queue, &positions,
                    &cluster, &reader);
    sources_attach(&sim->dispatcher.sources, log_sim_consumer(sim));
    sim->events = sources_events(&sim->dispatcher.sources);
    sim->is_watched = false;
    take_all(sim);
}

static void end_process(struct log_sim *sim)
{
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++) {
        const struct source source = log_sim_source(i);
        struct err err;

        must(sim->dispatcher.sources.consumer.stop(sim, &source, &err));
        sim->partitions[i].is_taken = false;
        sim->partitions[i].folded_count = 0;
    }
    dispatcher_close(&sim->dispatcher);
    work_queue_free(sim->queue);
    readings_free(&sim->readings);
    metrics_free(sim->process.metrics);
    pthread_mutex_destroy(&sim->process.mutex);
    close(sim->process.wake_fd);
}

static struct projected_partition *started(struct log_sim *sim, size_t partition)
{
    const struct source source = log_sim_source(partition);
    struct reading *reading = readings_find(&sim->readings, &source);

    return reading && reading->state == READING_STARTED ? projected_partition(reading) : NULL;
}

static void look_around(struct log_sim *sim)
{
    for (size_t i = 0; i < LOG_SIM_PARTITIONS && !sim->is_unheard; i++) {
        struct projected_partition *partition = started(sim, i);

        if (!partition)
            continue;
        sources_committed(&partition->reading, sim->partitions[i].stored.position.next_offset);
        dispatch_stable_end(&sim->dispatcher,
                            &(struct stable_end){.partition = partition,
                                                 .next_offset = partition->reading.next_offset,
                                                 .offset = sim->partitions[i].end});
    }
}

static void watch(struct log_sim *sim)
{
    if (sim->is_unheard)
        return;
    sim->is_watched = true;
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++)
        sim->watched[i] = (struct watched_end){.offset = sim->partitions[i].end,
                                               .leader = sim->partitions[i].leader,
                                               .seen_at_us = sim->now_us,
                                               .monotonic_us = sim->now_us,
                                               .partitions = LOG_SIM_PARTITIONS};
}

static void tell_watched(struct log_sim *sim)
{
    for (size_t i = 0; i < LOG_SIM_PARTITIONS && sim->is_watched; i++) {
        struct projected_partition *partition = started(sim, i);

        if (partition)
            dispatch_log_end(&sim->dispatcher, partition, &sim->watched[i]);
    }
    sim->is_watched = false;
}

// What others do, between any two steps of the thread that polls.
static void others(struct log_sim *sim)
{
    for (size_t i = dice_below(&sim->dice, 6); i > 0; i--) {
        sim->now_us += (int64_t)dice_below(&sim->dice, (size_t)sim->pace_us);
        if (dice_percent(&sim->dice, 50))
            log_sim_work(sim);
        else if (dice_percent(&sim->dice, 60))
            log_sim_fetch(sim);
        else
            watch(sim);
    }
}

// The process is stopped, or its machine is; perhaps the topic is made again meanwhile.
static void freeze(struct log_sim *sim)
{
    int64_t frozen_us = (int64_t)dice_below(&sim->dice, FROZEN_MAX_US);

    sim->now_us += frozen_us / 2;
    if (dice_percent(&sim->dice, 50)) {
        log_sim_remake(sim);
        sim->changes[sim->life].is_noticed |= frozen_us > HEARD_WITHIN_US;
    }
    sim->now_us += frozen_us / 2;
}

static void hear_again(struct log_sim *sim)
{
    bool was_long = sim->is_unheard && sim->now_us - sim->unheard_since_us > HEARD_WITHIN_US;

    sim->is_unheard = false;
    for (int life = sim->unheard_since_life + 1; life <= sim->life && was_long; life++)
        sim->changes[life].is_noticed = true;
}

static void hear_nothing(struct log_sim *sim)
{
    sim->is_unheard = true;
    sim->unheard_since_us = sim->now_us;
    sim->unheard_since_life = sim->life;
}

static void trouble(struct log_sim *sim)
{
    switch (dice_below(&sim->dice, sim->trouble_of)) {
    case 0:
        log_sim_remake(sim);
        break;
    case 1:
        log_sim_fail_batch(sim);
        break;
    case 2:
        freeze(sim);
        break;
    case 3:
        (sim->is_unheard ? hear_again : hear_nothing)(sim);
        break;
    case 4:
        log_sim_elect(sim);
        break;
    case 5:
    case 6:
    case 7:
    case 8:
        log_sim_grow(sim);
        break;
    default:
        break;
    }
}

static void group(struct log_sim *sim)
{
    if (dice_percent(&sim->dice, 2)) {
        revoke_all(sim);
        take_all(sim);
    }
}

// One turn of the thread that polls, as consumer_thread.c has it.
static void turn(struct log_sim *sim, void (*between)(struct log_sim *sim))
{
    struct kafka_message *messages[LOG_SIM_PARTITIONS * LOG_SIM_WAITING_MAX];
    size_t count;

    sources_start_due(&sim->dispatcher.sources);
    between(sim);
    count = log_sim_poll(sim, messages, sizeof messages / sizeof *messages);
    between(sim);
    dispatch_messages(&sim->dispatcher, messages, count);
    between(sim);
    look_around(sim);
    between(sim);
    tell_watched(sim);
}

static bool is_last_gone(const struct sim_partition *partition)
{
    const int64_t last = partition->stored.position.last_offset;

    return last >= partition->end ||
           (last >= 0 && partition->lives[last] != partition->position_life);
}

static bool is_other_log(const struct log_sim *sim)
{
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++) {
        const struct sim_partition *partition = &sim->partitions[i];

        if (partition->is_mixed || is_last_gone(partition))
            return true;
    }
    return false;
}

// The process says that it must not go on; a person does what it says, and starts another.
static void mend_if_refused(struct log_sim *sim)
{
    if (!sim->process.failure.disposition)
        return;
    sim->refused++;
    for (size_t i = 0; i < sim->readings.count; i++)
        if (sim->readings.items[i]->state != READING_REFUSED)
            log_sim_fault(sim, "a partition of a refused topic is read on");
    if (!position_is_of_other_log(&sim->process.failure))
        log_sim_fault(sim, "failed for %s", sim->process.failure.reason);
    else if (!is_other_log(sim))
        log_sim_fault(sim, "%s, and it is the same log", sim->process.failure.reason);
    log_sim_work_all(sim);
    end_process(sim);
    log_sim_forget(sim);
    begin_process(sim);
}

static void restart(struct log_sim *sim)
{
    if (dice_percent(&sim->dice, 50))
        log_sim_work_all(sim);
    end_process(sim);
    begin_process(sim);
}

static void trouble_and_others(struct log_sim *sim)
{
    others(sim);
    trouble(sim);
}

static void calm(struct log_sim *sim)
{
    sim->now_us += CALM_STEP_US / 4;
    watch(sim);
    log_sim_fetch(sim);
    log_sim_work_all(sim);
}

static void judge(struct log_sim *sim)
{
    for (size_t i = 0; i < LOG_SIM_PARTITIONS; i++) {
        const struct sim_partition *partition = &sim->partitions[i];

        for (int64_t offset = 0; offset < partition->end; offset++)
            if (!partition->is_projected[offset])
                log_sim_fault(sim, "record %zu/%lld of %lld was skipped", i, (long long)offset,
                              (long long)partition->end);
        // What was written late of an old log is met with the first record of the new one.
        if (partition->stored.position.next_offset < partition->end)
            log_sim_fault(sim, "partition %zu stands at %lld of %lld", i,
                          (long long)partition->stored.position.next_offset,
                          (long long)partition->end);
    }
}

void log_sim_init(struct log_sim *sim, uint64_t seed)
{
    *sim = (struct log_sim){.dice = dice_from(seed), .now_us = 1000 * US_PER_SECOND};
    running = sim;
    sim->tells_remaking = dice_percent(&sim->dice, 50);
    sim->trouble_of = dice_percent(&sim->dice, 50) ? 60 : 600;
    sim->pace_us = dice_percent(&sim->dice, 50) ? 20 * 1000 : 1000 * 1000;
    begin_process(sim);
}

bool log_sim_run(struct log_sim *sim)
{
    size_t turns = dice_below(&sim->dice, TROUBLE_TURNS);

    for (size_t i = 0; i < turns && !sim->fault[0]; i++) {
        turn(sim, trouble_and_others);
        mend_if_refused(sim);
        group(sim);
        if (dice_percent(&sim->dice, 1))
            restart(sim);
    }
    hear_again(sim);
    for (size_t i = 0; i < CALM_TURNS && !sim->fault[0]; i++) {
        turn(sim, calm);
        mend_if_refused(sim);
    }
    judge(sim);
    return !sim->fault[0];
}

void log_sim_close(struct log_sim *sim)
{
    end_process(sim);
    log_sim_free_messages(sim);
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/source/sources_private.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/backoff.h"
#include "base/log.h"

// What was started for so long does not fail in a row with what failed before.
enum { STEADY_US = 10 * 1000 * 1000 };

static struct reading *find(const struct sources *sources, const struct source *source)
{
    return readings_find(sources->readings, source);
}

static int64_t now_us(const struct sources *sources)
{
    return sources->now_us();
}

static void log_about(const struct sources *sources, enum log_level level, const char *message,
                      const struct reading *reading, const struct err *err)
{
    LOG_AT(level, sources->who, message, LOG_SLICE("topic", reading->source.topic),
           LOG_INT("partition", reading->source.partition), LOG_ERR(err));
}

static void drop(struct sources *sources, struct reading *reading)
{
    reading->drop_wanted = false;
    if (sources->hooks.dropped)
        sources->hooks.dropped(sources->hooks.self, reading);
}

// No record of it comes any more. Nothing but a lack of memory keeps the consumer from that; then
// its records are not wanted.
static void hush(struct sources *sources, struct reading *reading)
{
    const struct consumer_port *consumer = &sources->consumer;
    struct err err;

    reading->silent_since_us = now_us(sources);
    if (consumer->stop(consumer->self, &reading->source, &err))
        log_about(sources, LOG_WARN, "a partition could not be silenced", reading, &err);
}

static void silence(struct sources *sources, struct reading *reading, enum reading_state state)
{
    bool was_started = reading->state == READING_STARTED;

    reading->state = state;
    reading->is_sought = false;
    reading->taking++;
    if (!was_started)
        return;
    hush(sources, reading);
    drop(sources, reading);
}

// One partition's log is another: so may those of its topic be.
static void refuse_topic(struct sources *sources, struct slice topic)
{
    for (size_t i = 0; i < sources->readings->count; i++) {
        struct reading *reading = sources->readings->items[i];

        if (reading->state == READING_ELSEWHERE || !slice_equal(reading->source.topic, topic))
            continue;
        log_error(sources->who, "a partition of this topic is read no further",
                  LOG_SLICE("topic", topic), LOG_INT("partition", reading->source.partition),
                  LOG_INT("position", reading->next_offset));
        silence(sources, reading, READING_REFUSED);
    }
}

void sources_refuse(struct sources *sources, struct reading *reading, const struct err *err)
{
    log_about(sources, LOG_ERROR, "a partition must not be read on", reading, err);
    silence(sources, reading, READING_REFUSED);
    if (position_is_of_other_log(err))
        refuse_topic(sources, reading->source.topic);
    sources->hooks.failed(sources->hooks.self, err);
}

static void on_taken(void *self, const struct source *taken, size_t count)
{
    struct sources *sources = self;

    for (size_t i = 0; i < count; i++) {
        struct reading *reading;
        struct err err;
        int rc = readings_get(sources->readings, &taken[i], &reading, &err);

        if (rc) { // nothing smaller than the process can make up for it
            sources->hooks.failed(sources->hooks.self, &err);
            return;
        }
        reading->state = READING_TAKEN;
        reading->is_sought = false;
        reading->taking++;
        reading->given_at_us = reading->silent_since_us = now_us(sources);
        reading->start_failure = NULL;
        trouble_end(&reading->trouble);
        reading->is_ours = true;
        reading->failures = 0;
        reading->start_at_us = 0;
        drop(sources, reading);
        metrics_add(sources->metrics, METER_REBALANCES, REBALANCE_TAKEN, 0, 1);
    }
}

static void on_revoked(void *self, const struct source *revoked, size_t count, bool lost)
{
    struct sources *sources = self;
    struct reading *gone[READINGS_MAX];
    size_t gone_count = 0;

    for (size_t i = 0; i < count; i++) {
        struct reading *reading = find(sources, &revoked[i]);

        if (!reading || gone_count == READINGS_MAX)
            continue;
        reading->state = READING_ELSEWHERE;
        reading->is_ours = false;
        reading->silent_since_us = 0;
        drop(sources, reading);
        metrics_add(sources->metrics, METER_REBALANCES, lost ? REBALANCE_LOST : REBALANCE_REVOKED,
                    0, 1);
        gone[gone_count++] = reading;
    }
    if (gone_count && sources->hooks.revoked)
        sources->hooks.revoked(sources->hooks.self, gone, gone_count, lost);
}

static void on_reached_end(void *self, const struct source *source, int64_t next_offset)
{
    struct reading *reading = find(self, source);

    if (reading)
        reading->reached_end = next_offset;
}

// Silences it, to be started again.
static void stop(struct sources *sources, struct reading *reading)
{
    if (now_us(sources) - reading->started_at_us >= STEADY_US)
        reading->failures = 0;
    silence(sources, reading, READING_TAKEN);
    reading->start_at_us = now_us(sources);
}

void sources_compare(struct sources *sources, struct reading *reading)
{
    if (reading->state != READING_STARTED)
        return;
    log_info(sources->who, "a partition is compared with what was read of it",
             LOG_SLICE("topic", reading->source.topic),
             LOG_INT("partition", reading->source.partition));
    stop(sources, reading);
}

// Nothing is skipped by itself: the person who gives the damaged record up is told how.
static void tell_way_past(const struct sources *sources, const struct reading *reading)
{
    char command[400];

    snprintf(command, sizeof command, "jobtrail positions set %s %d %" PRId64,
             reading->source.topic.data, (int)reading->source.partition, reading->next_offset + 1);
    log_error(sources->who,
              "the broker's log is damaged: mend it there, or give the record up; a batch may have "
              "several, one after the other",
              LOG_SLICE("topic", reading->source.topic),
              LOG_INT("partition", reading->source.partition),
              LOG_INT("offset", reading->next_offset), LOG_TEXT("command", command));
}

// librdkafka 2.0.2 reads on behind a damaged batch, at an offset that it takes from the damage, and
// then says that this offset is out of range.
static const char *reason_of(const struct reading *reading, const struct err *err)
{
    const char *before = reading->trouble.since_us ? reading->trouble.reason : NULL;

    return before && !strcmp(before, "DAMAGED_RECORD") &&
                   !strcmp(err->reason, "OFFSET_OUT_OF_RANGE")
               ? before
               : err->reason;
}

// It is silent by now, and is started again after a while. Until then the records that came before
// the failure may still be committed: were they dropped at once, what is in front of a damaged
// batch would be read again and again, and never be written in time.
static void await(struct sources *sources, struct reading *reading)
{
    if (now_us(sources) - reading->started_at_us >= STEADY_US)
        reading->failures = 0;
    reading->state = READING_TAKEN;
    reading->taking++;
    hush(sources, reading);
    reading->drop_wanted = true;
    reading->start_at_us = now_us(sources) + backoff_us(reading->failures++);
}

// What befalls one partition of a topic may have befallen all: the topic was deleted, say.
void sources_compare_topic(struct sources *sources, struct slice topic)
{
    for (size_t i = 0; i < sources->readings->count; i++)
        if (slice_equal(sources->readings->items[i]->source.topic, topic))
            sources_compare(sources, sources->readings->items[i]);
}

static void on_partition_failed(void *self, const struct source *source, const struct err *err)
{
    struct sources *sources = self;
    struct reading *reading = find(sources, source);

    if (!reading)
        return;
    log_about(sources, LOG_WARN, "a partition cannot go on from its offset", reading, err);
    if (!strcmp(err->reason, "DAMAGED_RECORD"))
        tell_way_past(sources, reading);
    if (reading->state != READING_STARTED)
        return;
    trouble_tell(&reading->trouble, reason_of(reading, err), now_us(sources));
    await(sources, reading);
    sources_compare_topic(sources, source->topic);
}

void sources_init(struct sources *sources, const struct sources_options *options)
{
    *sources = (struct sources){
        .readings = options->readings,
        .metrics = options->metrics,
        .stopping = options->stopping,
        .hooks = options->hooks,
        .who = options->who,
        .now_us = options->now_us,
    };
    scout_init(&sources->scout,
               &(struct start_finder){.cluster = options->cluster,
                                      .positions = options->positions,
                                      .who = options->who,
                                      .broker_stamps = options->broker_stamps,
                                      .now_us = options->now_us},
               &options->reader);
}

void sources_close(struct sources *sources)
{
    scout_close(&sources->scout);
}

struct consumer_events sources_events(struct sources *sources)
{
    return (struct consumer_events){.self = sources,
                                    .taken = on_taken,
                                    .revoked = on_revoked,
                                    .reached_end = on_reached_end,
                                    .partition_failed = on_partition_failed};
}

void sources_attach(struct sources *sources, struct consumer_port consumer)
{
    sources->consumer = consumer;
}

int sources_start_scout(struct sources *sources, struct err *err)
{
    return errand_start(&sources->scout.errand, err);
}

void sources_stop_scout(struct sources *sources)
{
    errand_stop(&sources->scout.errand);
}

void sources_mark(const struct sources *sources, struct reading *reading)
{
    reading->marked_offset = reading->next_offset;
    reading->marked_at_us = now_us(sources);
}

static int begin(struct sources *sources, struct reading *reading, const struct start_point *point,
                 struct err *err)
{
    const struct consumer_port *consumer = &sources->consumer;
    int rc = consumer->start(consumer->self, &reading->source, point->offset, err);

    if (rc)
        return rc;
    sources_committed(reading, point->position.next_offset); // since it was started before
    reading->state = READING_STARTED;
    reading->silent_since_us = 0;
    reading->start_failure = NULL;
    reading->started_at_us = reading->heard_at_us = now_us(sources);
    reading->check_at_us = now_us(sources) + (point->has_checkpoints ? 0 : SCOUT_CHECK_EVERY_US);
    reading->start_offset = reading->next_offset = point->position.next_offset;
    sources_mark(sources, reading);
    reading->reached_end = -1;
    reading->leader = point->leader;
    reading->broker_id = -1;
    reading->expects_last = point->expects_last;
    reading->last = point->last;
    if (sources->hooks.started)
        rc = sources->hooks.started(sources->hooks.self, reading, &point->position, err);
    if (rc) {
        silence(sources, reading, READING_TAKEN);
        return rc;
    }
    log_info(sources->who, "partition started", LOG_SLICE("topic", reading->source.topic),
             LOG_INT("partition", reading->source.partition),
             LOG_INT("offset", reading->next_offset));
    return DONE;
}

void sources_start_found(struct sources *sources, struct reading *reading,
                         const struct start_search *found)
{
    struct err err = found->err;
    int rc = found->rc;

    reading->is_sought = false;
    if (!rc)
        rc = begin(sources, reading, &found->point, &err);
    if (rc == FATAL) {
        sources_refuse(sources, reading, &err);
    } else if (rc) {
        reading->start_at_us = now_us(sources) + backoff_us(reading->failures++);
        reading->start_failure = err.reason;
        log_about(sources, LOG_WARN, "a partition cannot be started yet", reading, &err);
    }
}

// Whoever lost what was taken in waits for what failed; here it is started again at once.
static void restart_if_wanted(struct sources *sources, struct reading *reading)
{
    const char *reason;

    if (!reading->restart_wanted)
        return;
    reading->restart_wanted = false;
    if (reading->state != READING_STARTED)
        return;
    reason = atomic_exchange(&reading->restart_reason, NULL);
    if (reason)
        trouble_tell(&reading->trouble, reason, now_us(sources));
    stop(sources, reading);
}

static void drop_if_due(struct sources *sources, struct reading *reading)
{
    if (reading->drop_wanted && now_us(sources) >= reading->start_at_us)
        drop(sources, reading);
}

void sources_let_go(struct sources *sources)
{
    struct readings *readings = sources->readings;

    for (size_t i = 0; i < readings->count; i++) {
        restart_if_wanted(sources, readings->items[i]);
        drop_if_due(sources, readings->items[i]);
    }
}

bool sources_is_starting(struct sources *sources)
{
    return !errand_is_idle(&sources->scout.errand);
}

void sources_restart(struct sources *sources, struct reading *reading)
{
    if (reading->state != READING_STARTED)
        return;
    stop(sources, reading);
    reading->start_at_us += backoff_us(reading->failures++);
}

void sources_fail(struct sources *sources, struct reading *reading, const struct err *err)
{
    if (reading->state == READING_STARTED)
        trouble_tell(&reading->trouble, err->reason, now_us(sources));
    sources_restart(sources, reading);
}

void sources_restart_all(struct sources *sources)
{
    for (size_t i = 0; i < sources->readings->count; i++)
        sources_restart(sources, sources->readings->items[i]);
}

void sources_committed(struct reading *reading, int64_t next_offset)
{
    if (next_offset <= reading->start_offset)
        return;
    reading->failures = 0;
    trouble_end(&reading->trouble);
}

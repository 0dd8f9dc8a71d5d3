// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // memfd_create
#include "serve/source/made_kafka.h"
#include "support/between.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const call_names[MADE_CALLS] = {
    [ASKED_CLUSTER] = "cluster", [ASKED_TOPIC] = "topic",   [ASKED_POSITION] = "position",
    [ASKED_BOUNDS] = "bounds",   [ASKED_RECORD] = "record", [ASKED_CREATE] = "create",
    [ASKED_START] = "start",     [ASKED_STOP] = "stop",     [ASKED_PAUSE] = "pause",
    [ASKED_RESUME] = "resume",
};

static const struct made_kafka *clock_of;

void made_kafka_init(struct made_kafka *kafka)
{
    *kafka = (struct made_kafka){
        .cluster_id = "here",
        .topic = {.exists = true, .config_readable = true, .stamped_by_broker = true},
        .now_us = 1000 * US_PER_SECOND,
    };
    clock_of = kafka;
}

int64_t made_clock(void)
{
    return clock_of->now_us;
}

struct source made_source(int32_t partition)
{
    return (struct source){slice_of(MADE_TOPIC), partition};
}

static int answer(struct made_kafka *kafka, enum made_call call, int32_t partition, struct err *err)
{
    size_t written = strlen(kafka->asked);

    kafka->calls[call]++;
    snprintf(kafka->asked + written, sizeof kafka->asked - written, "%s %d, ", call_names[call],
             partition);
    if (!kafka->failure[call].disposition)
        return DONE;
    *err = kafka->failure[call];
    return (int)err->disposition;
}

static struct made_partition *partition_of(struct made_kafka *kafka, const struct source *source)
{
    assert_between(source->partition, 0, MADE_PARTITIONS - 1);
    return &kafka->partitions[source->partition];
}

static int start(void *self, const struct source *source, int64_t offset, struct err *err)
{
    struct made_partition *partition = partition_of(self, source);
    int rc = answer(self, ASKED_START, source->partition, err);

    if (rc)
        return rc;
    partition->started = true;
    partition->paused = false;
    partition->start_offset = offset;
    return DONE;
}

static int stop_reading(void *self, const struct source *source, struct err *err)
{
    partition_of(self, source)->started = false;
    return answer(self, ASKED_STOP, source->partition, err);
}

static int set_paused(struct made_kafka *kafka, const struct source *source, enum made_call call,
                      bool paused, struct err *err)
{
    int rc = answer(kafka, call, source->partition, err);

    if (!rc)
        partition_of(kafka, source)->paused = paused;
    return rc;
}

static int pause_one(void *self, const struct source *source, struct err *err)
{
    return set_paused(self, source, ASKED_PAUSE, true, err);
}

static int resume(void *self, const struct source *source, struct err *err)
{
    return set_paused(self, source, ASKED_RESUME, false, err);
}

static int log_ranges(void *self, const struct source *sources, size_t count, int timeout_ms,
                      struct log_range *ranges, struct err *err)
{
    int rc = DONE;

    assert_true(timeout_ms > 0);
    for (size_t i = 0; i < count && !rc; i++) {
        const struct made_partition *partition = partition_of(self, &sources[i]);

        rc = answer(self, ASKED_BOUNDS, sources[i].partition, err);
        ranges[i] = partition->has_no_leader
                        ? (struct log_range){-1, -1, -1}
                        : (struct log_range){partition->low, partition->high, partition->leader};
    }
    return rc;
}

static int cluster_id(void *self, int timeout_ms, char **out, struct err *err)
{
    const struct made_kafka *kafka = self;
    int rc = answer(self, ASKED_CLUSTER, -1, err);

    assert_true(timeout_ms > 0);
    if (rc)
        return rc;
    *out = strdup(kafka->cluster_id);
    return *out ? DONE : err_no_memory(err);
}

static int topic_state(void *self, const char *topic, int timeout_ms, struct topic_state *state,
                       struct err *err)
{
    const struct made_kafka *kafka = self;

    assert_string_equal(topic, MADE_TOPIC);
    assert_true(timeout_ms > 0);
    *state = kafka->topic;
    return answer(self, ASKED_TOPIC, -1, err);
}

struct consumer_port made_consumer(struct made_kafka *kafka)
{
    return (struct consumer_port){
        .self = kafka,
        .start = start,
        .stop = stop_reading,
        .pause = pause_one,
        .resume = resume,
    };
}

struct cluster_port made_cluster(struct made_kafka *kafka)
{
    return (struct cluster_port){
        .self = kafka,
        .log_ranges = log_ranges,
        .cluster_id = cluster_id,
        .topic_state = topic_state,
    };
}

static int load(void *self, const struct source *sources, size_t count, struct stored_position *out,
                struct err *err)
{
    int rc = DONE;

    for (size_t i = 0; i < count && !rc; i++) {
        struct made_partition *partition = partition_of(self, &sources[i]);

        rc = answer(self, ASKED_POSITION, sources[i].partition, err);
        out[i] = (struct stored_position){
            .found = partition->is_stored,
            .position = partition->position,
            .cluster_id = *partition->cluster_id ? slice_of(partition->cluster_id) : SLICE_NULL,
            .checkpoint_count = partition->checkpoint_count,
        };
        memcpy(out[i].checkpoints, partition->checkpoints, sizeof out[i].checkpoints);
        if (partition->is_moved_to)
            partition->position.next_offset = partition->high = partition->is_moved_to;
    }
    return rc;
}

static int create(void *self, const struct position_begin *begins, size_t count,
                  const char *cluster, struct err *err)
{
    int rc = DONE;

    for (size_t i = 0; i < count && !rc; i++) {
        struct made_partition *partition = partition_of(self, &begins[i].source);

        rc = answer(self, ASKED_CREATE, begins[i].source.partition, err);
        if (rc)
            break;
        if (!partition->is_stored)
            partition->position = begins[i].position;
        partition->is_stored = true;
        snprintf(partition->cluster_id, sizeof partition->cluster_id, "%s", cluster);
    }
    return rc;
}

static int read_record(void *self, const struct source *source, int64_t offset, int timeout_ms,
                       struct kafka_message **out, struct err *err)
{
    struct made_partition *partition = partition_of(self, source);

    assert_true(timeout_ms > 0);
    *out = partition->low <= offset ? partition->kept : NULL;
    return answer(self, ASKED_RECORD, (int32_t)offset, err);
}

struct record_reader made_reader(struct made_kafka *kafka)
{
    return (struct record_reader){kafka, read_record};
}

static void rest(void *self)
{
    ((struct made_kafka *)self)->rests++;
}

struct position_keeper made_positions(struct made_kafka *kafka)
{
    return (struct position_keeper){.self = kafka, .load = load, .create = create, .rest = rest};
}

static int caught_fd, real_stderr;
static char caught[64 * 1024];

void catch_log(void)
{
    caught_fd = memfd_create("log", MFD_CLOEXEC);
    real_stderr = dup(STDERR_FILENO);
    assert_true(caught_fd >= 0 && real_stderr >= 0);
    dup2(caught_fd, STDERR_FILENO);
}

const char *caught_log(void)
{
    ssize_t size = pread(caught_fd, caught, sizeof caught - 1, 0);

    assert_true(size >= 0);
    caught[size] = '\0';
    return caught;
}

void release_log(void)
{
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(caught_fd);
}

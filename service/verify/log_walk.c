// SPDX-License-Identifier: Apache-2.0
#include "verify/log_walk.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "core/position.h"

enum { ASK_MS = 10000, WAIT_MS = 50, PAUSE_MS = 20 };

static void free_batch(struct walked_log *log)
{
    while (log->next < log->count)
        kafka_message_free(log->batch[log->next++]);
    log->next = log->count = 0;
}

void log_walk_close(struct log_walk *walk)
{
    for (size_t i = 0; i < walk->count; i++) {
        free_batch(&walk->logs[i]);
        free((char *)walk->logs[i].source.topic.data);
    }
    log_reader_free(walk->reader);
    inspector_free(walk->inspector);
    free(walk->logs);
}

static int ask_ranges(struct log_walk *walk, struct err *err)
{
    struct source *sources = calloc(walk->count + 1, sizeof *sources);
    struct log_range *ranges = calloc(walk->count + 1, sizeof *ranges);
    int rc = sources && ranges ? DONE : err_no_memory(err);

    for (size_t i = 0; !rc && i < walk->count; i++)
        sources[i] = walk->logs[i].source;
    if (!rc)
        rc = inspector_log_ranges(walk->inspector, sources, walk->count, ASK_MS, ranges, err);
    for (size_t i = 0; !rc && i < walk->count; i++)
        walk->logs[i].range = ranges[i];
    free(sources);
    free(ranges);
    return rc;
}

// Whether the log is the one that was read. That it lacks what was not read yet is nothing to us.
static int judge_log(const struct walked_log *log, struct slice cluster, struct slice read_from,
                     struct err *err)
{
    const struct source_position position = {
        .next_offset = log->position.next_offset,
        .last_offset = log->position.last.offset,
        .last_timestamp_ms = log->position.last.timestamp_ms,
        .last_hash = log->position.last.hash,
    };
    const struct log_bounds bounds = {log->range.low, log->range.high, cluster};
    bool expects_last;
    int64_t begin;
    int rc;

    if (log->range.low < 0 || log->range.high < 0)
        return DONE;
    rc = position_judge(&log->source, &position, read_from, &bounds, &begin, &expects_last, err);
    return rc && position_is_of_other_log(err) ? rc : DONE;
}

static int judge_logs(struct log_walk *walk, const struct model_position *positions,
                      struct err *err)
{
    char *cluster = NULL;
    int rc = inspector_cluster_id(walk->inspector, ASK_MS, &cluster, err);

    for (size_t i = 0; !rc && i < walk->count; i++)
        rc = judge_log(&walk->logs[i], slice_of(cluster), positions[i].cluster_id, err);
    free(cluster);
    return rc;
}

static int copy_positions(struct log_walk *walk, const struct model_position *positions,
                          size_t count, struct err *err)
{
    walk->logs = calloc(count + 1, sizeof *walk->logs);
    if (!walk->logs)
        return err_no_memory(err);
    for (; walk->count < count; walk->count++) {
        const struct model_position *position = &positions[walk->count];
        struct walked_log *log = &walk->logs[walk->count];
        char *topic = strndup(position->source.topic.data, position->source.topic.size);

        if (!topic)
            return err_no_memory(err);
        log->source = (struct source){slice_of(topic), position->source.partition};
        log->position = *position;
        log->position.source = log->source;
        log->position.cluster_id = SLICE_NULL;
    }
    return DONE;
}

int log_walk_open(struct log_walk *walk, const struct config *config,
                  const struct model_position *positions, size_t count, struct err *err)
{
    int rc = copy_positions(walk, positions, count, err);
    struct source *sources = calloc(count + 1, sizeof *sources);

    if (!rc && !sources)
        rc = err_no_memory(err);
    for (size_t i = 0; !rc && i < count; i++)
        sources[i] = walk->logs[i].source;
    if (!rc)
        rc = inspector_new(config->kafka, config->kafka_count, &walk->inspector, err);
    if (!rc)
        rc = log_reader_new(config->kafka, config->kafka_count, sources, count, &walk->reader, err);
    if (!rc)
        rc = ask_ranges(walk, err);
    if (!rc)
        rc = judge_logs(walk, positions, err);
    free(sources);
    walk->began_us = clock_monotonic_us();
    return rc;
}

static void lose(struct walked_log *log, const struct err *why)
{
    log->is_lost = log->was_lost = true;
    log->why = *why;
    free_batch(log);
}

static void rewind_log(struct log_walk *walk, size_t place)
{
    struct walked_log *log = &walk->logs[place];
    struct err err;

    free_batch(log);
    log->is_lost = false;
    log->end = -1;
    log->letter = log->letter_count = 0;
    log->letters_before = 0;
    log->moved_at_us = clock_monotonic_us();
    log->cursor = log->first;
    if (log->range.low < 0 || log->range.high < 0) {
        err_set(&err, RETRY, "BROKERS_UNREACHABLE", "no broker tells what its log holds");
        lose(log, &err);
        return;
    }
    log->was_truncated =
        log->was_truncated || (log->first == log->range.low && log->first > log->begin);
    if (log_reader_start(walk->reader, place, log->first, &err))
        lose(log, &err);
}

static int find_first(struct log_walk *walk, struct err *err)
{
    int64_t *since = calloc(walk->count + 1, sizeof *since);
    int rc = since ? DONE : err_no_memory(err);

    if (!rc && walk->since_us != TIME_NONE)
        rc = log_reader_offsets_since(walk->reader, walk->since_us / 1000, ASK_MS, since, err);
    for (size_t i = 0; !rc && i < walk->count; i++) {
        struct walked_log *log = &walk->logs[i];

        log->first = log->range.low > log->begin ? log->range.low : log->begin;
        if (walk->since_us == TIME_NONE || log->range.high < 0)
            continue;
        if (since[i] < 0)
            since[i] = log->range.high;
        if (since[i] > log->first)
            log->first = since[i];
    }
    free(since);
    return rc;
}

int log_walk_rewind(struct log_walk *walk, struct err *err)
{
    int rc;

    walk->before_pass = log_walk_done(walk);
    rc = ask_ranges(walk, err);
    if (!rc)
        rc = find_first(walk, err);
    for (size_t i = 0; !rc && i < walk->count; i++)
        rewind_log(walk, i);
    return rc;
}

// The last record that was read must still be there.
static int compare_last(const struct walked_log *log, const struct kafka_record *record,
                        struct err *err)
{
    const struct read_record found = {
        record->offset, record->timestamp_ms,
        record_hash(record->timestamp_ms, record->key, record->value)};

    if (record->offset != log->position.last.offset)
        return DONE;
    return position_compare(&log->source, &log->position.last, &found, err);
}

// Takes what is in the batch and before the target.
static int take_batch(struct log_walk *walk, size_t place, struct err *err)
{
    struct walked_log *log = &walk->logs[place];
    struct kafka_record record;
    bool is_behind = false; // the next record is behind the target
    int rc = DONE;

    while (log->next < log->count && walk->taker->counts.records < walk->allowed) {
        kafka_message_record(log->batch[log->next], &record);
        is_behind = record.offset >= log->target;
        if (is_behind)
            break;
        rc = compare_last(log, &record, err);
        if (!rc)
            rc = event_taker_take(walk->taker, place, log->batch[log->next], err);
        if (rc)
            return rc;
        log->cursor = record.offset + 1;
        kafka_message_free(log->batch[log->next++]);
    }
    if (is_behind && log->cursor < log->target)
        log->cursor = log->target;
    else if (log->next == log->count && log->end > log->cursor)
        log->cursor = log->end;
    return rc;
}

// Walks on in one partition as far as it has arrived.
static int walk_on(struct log_walk *walk, size_t place, int timeout_ms, bool *moved,
                   struct err *err)
{
    struct walked_log *log = &walk->logs[place];
    const int64_t before = log->cursor, now_us = clock_monotonic_us();
    struct err why;
    int rc = DONE;

    if (log->next == log->count) {
        log->next = log->count = 0;
        rc = log_reader_read(walk->reader, place, timeout_ms, log->batch, WALK_BATCH, &log->count,
                             &log->end, &why);
        if (rc) {
            lose(log, &why);
            return DONE;
        }
    }
    rc = take_batch(walk, place, err);
    *moved = *moved || log->cursor > before;
    if (log->cursor > before || log->next < log->count) {
        log->moved_at_us = now_us;
    } else if (!rc && now_us - log->moved_at_us > walk->timeout_ms * INT64_C(1000)) {
        const struct err *trouble = log_reader_trouble(walk->reader);

        err_set(&why, RETRY, "KAFKA_TIMEOUT", "it gave no record for %d s%s%s",
                walk->timeout_ms / 1000, trouble->disposition ? ": " : "",
                trouble->disposition ? trouble->text : "");
        lose(log, &why);
    }
    return rc;
}

static bool is_to_walk(const struct walked_log *log)
{
    return !log->is_lost && log->cursor < log->target;
}

// No more records a second than were asked for, over the whole time.
static void keep_rate(struct log_walk *walk)
{
    const int64_t elapsed_us = clock_monotonic_us() - walk->began_us;

    walk->allowed = walk->rate ? (uint64_t)(elapsed_us / 1000 * walk->rate / 1000) : UINT64_MAX;
    if (walk->taker->counts.records >= walk->allowed)
        poll(NULL, 0, PAUSE_MS);
}

// Each partition once; where nothing has arrived, one of them is waited for.
static int walk_round(struct log_walk *walk, bool *is_there, struct err *err)
{
    size_t awaited = walk->count;
    bool moved = false;
    int rc = DONE;

    for (size_t i = 0; !rc && i < walk->count; i++) {
        if (is_to_walk(&walk->logs[i]))
            rc = walk_on(walk, i, 0, &moved, err);
        if (!rc && is_to_walk(&walk->logs[i]))
            awaited = i;
    }
    if (!rc && !moved && awaited < walk->count)
        rc = walk_on(walk, awaited, WAIT_MS, &moved, err);
    *is_there = awaited == walk->count;
    return rc;
}

// The place of a source; that behind the last: none.
static size_t place_of(const struct log_walk *walk, const struct source *source)
{
    size_t place = 0;

    while (place < walk->count && (walk->logs[place].source.partition != source->partition ||
                                   !slice_equal(walk->logs[place].source.topic, source->topic)))
        place++;
    return place;
}

static int set_target(struct walked_log *log, int64_t target, struct err *err)
{
    if (target < log->target)
        return err_set(err, RETRY, "POSITION_MOVED_BACK",
                       "%s[%d] is being read again: its position went back from %lld to %lld; run "
                       "this again when it has caught up",
                       log->source.topic.data, log->source.partition, (long long)log->target,
                       (long long)target);
    if (target > log->target && log->cursor >= log->target)
        log->moved_at_us = clock_monotonic_us();
    log->target = target;
    return DONE;
}

int log_walk_to(struct log_walk *walk, const struct model_position *positions, size_t count,
                bool *is_new, struct err *err)
{
    bool is_there = false;
    int rc = DONE;

    for (size_t i = 0; !rc && i < count; i++) {
        size_t place = place_of(walk, &positions[i].source);

        if (place == walk->count)
            *is_new = true;
        else
            rc = set_target(&walk->logs[place], positions[i].next_offset, err);
    }
    while (!rc && !is_there) {
        if (walk->is_stopped(walk->self))
            return err_set(err, RETRY, "INTERRUPTED", "interrupted");
        keep_rate(walk);
        rc = walk_round(walk, &is_there, err);
        walk->progressed(walk->self);
    }
    return rc;
}

static int load_letters(struct log_walk *walk, struct walked_log *log, int64_t from,
                        struct err *err)
{
    int rc = model_dead_letters(walk->model, &log->source, from, log->target, log->letters,
                                WALK_LETTERS, &log->letter_count, err);

    log->letter = 0;
    log->letters_before =
        log->letter_count == WALK_LETTERS ? log->letters[WALK_LETTERS - 1].offset + 1 : log->target;
    return rc;
}

int log_walk_is_put_aside(struct log_walk *walk, size_t source, const struct put_aside *record,
                          bool *is, struct err *err)
{
    struct walked_log *log = &walk->logs[source];
    const int64_t offset = record->offset;
    int rc = offset < log->letters_before ? DONE : load_letters(walk, log, offset, err);

    if (rc)
        return rc;
    while (log->letter < log->letter_count && log->letters[log->letter].offset < offset)
        log->letter++;
    *is = log->letter < log->letter_count && log->letters[log->letter].offset == offset &&
          log->letters[log->letter].timestamp_ms == record->timestamp_ms;
    return DONE;
}

bool log_walk_has_all(const struct log_walk *walk)
{
    if (walk->since_us != TIME_NONE)
        return false;
    for (size_t i = 0; i < walk->count; i++)
        if (walk->logs[i].was_lost || walk->logs[i].was_truncated)
            return false;
    return true;
}

// From where a pass begins to there.
static uint64_t length_to(const struct walked_log *log, int64_t offset)
{
    return offset > log->first ? (uint64_t)(offset - log->first) : 0;
}

uint64_t log_walk_length(const struct log_walk *walk)
{
    uint64_t length = 0;

    for (size_t i = 0; i < walk->count; i++)
        length += length_to(&walk->logs[i], walk->logs[i].target);
    return length;
}

uint64_t log_walk_done(const struct log_walk *walk)
{
    uint64_t done = walk->before_pass;

    for (size_t i = 0; i < walk->count; i++)
        done += length_to(&walk->logs[i], walk->logs[i].cursor);
    return done;
}

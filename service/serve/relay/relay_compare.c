// SPDX-License-Identifier: Apache-2.0
#include "serve/relay/relay_compare.h"

#include <stdlib.h>

#include "base/clock.h"
#include "kafka/inspector.h"
#include "serve/relay/relay_private.h"

enum {
    ASK_MS = 3000,
    READ_MS = 100,
    AGAIN_US = 1000 * 1000,
    NOTE_EVERY_US = 1000 * 1000,
};

static void stop_reading(struct relay_comparison *comparison)
{
    log_reader_free(comparison->reader);
    comparison->reader = NULL;
    found_records_close(&comparison->records);
    comparison->is_under_way = comparison->is_started = false;
}

void relay_comparison_close(struct relay *relay)
{
    struct relay_comparison *comparison = &relay->comparison;

    stop_reading(comparison);
    free(comparison->cluster_id);
    free(comparison->logs);
    *comparison = (struct relay_comparison){0};
}

void relay_compare_soon(struct relay *relay)
{
    stop_reading(&relay->comparison);
    relay->comparison.is_wanted = relay->comparison.may_note = true;
    relay->comparison.at_us = 0;
}

int relay_learn_epoch(struct relay *relay, bool *is_another, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    char epoch[EPOCH_BYTES];
    bool holds;
    int rc = found_epoch(relay->outbox, epoch, &holds, err);

    comparison->holds = holds;
    *is_another = !rc && *comparison->epoch && strcmp(epoch, comparison->epoch) != 0;
    if (!rc)
        memcpy(comparison->epoch, epoch, sizeof epoch);
    return rc;
}

static struct published_log *log_of(struct relay_comparison *comparison, enum outbox_kind kind,
                                    int32_t partition)
{
    for (size_t i = 0; i < comparison->count; i++)
        if (comparison->logs[i].kind == kind && comparison->logs[i].source.partition == partition)
            return &comparison->logs[i];
    return NULL;
}

void relay_note_delivered(struct relay *relay, enum outbox_kind kind, int32_t partition,
                          int64_t offset)
{
    struct relay_comparison *comparison = &relay->comparison;
    struct published_log *log = log_of(comparison, kind, partition);

    if (kind == OUTBOX_DEAD_LETTER)
        return;
    if (log)
        published_log_delivered(log, offset);
    else
        comparison->is_wanted = true; // the partition came to be since the topic was asked
}

static int add_topic(struct relay *relay, enum outbox_kind kind, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    const char *topic = relay->lanes[kind].topic;
    struct topic_state state;
    struct published_log *logs;
    int rc = inspector_topic_state(relay->process->inspector, topic, ASK_MS, &state, err);
    size_t partitions = rc || !state.exists ? 0 : (size_t)state.partitions;

    if (!partitions)
        return rc;
    logs = realloc(comparison->logs, (comparison->count + partitions) * sizeof *logs);
    if (!logs)
        return err_no_memory(err);
    comparison->logs = logs;
    for (size_t i = 0; i < partitions; i++)
        logs[comparison->count++] = (struct published_log){
            .kind = kind, .source = {slice_of(topic), (int32_t)i}, .next_offset = -1};
    return DONE;
}

// What was known before of a partition is kept: it was true, and more is known now.
static void take_over(struct relay_comparison *comparison, const struct published_log *before,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct published_log *log = log_of(comparison, before[i].kind, before[i].source.partition);

        if (!log)
            continue;
        log->run_begin = before[i].run_begin;
        log->run_end = before[i].run_end;
    }
}

static int learn_topics(struct relay *relay, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    struct published_log *before = comparison->logs;
    size_t count = comparison->count;
    int rc;

    comparison->logs = NULL;
    comparison->count = 0;
    rc = add_topic(relay, OUTBOX_COMMAND, err);
    if (!rc)
        rc = add_topic(relay, OUTBOX_DECISION, err);
    take_over(comparison, before, count);
    free(before);
    free(comparison->cluster_id);
    comparison->cluster_id = NULL;
    return rc ? rc
              : inspector_cluster_id(relay->process->inspector, ASK_MS, &comparison->cluster_id,
                                     err);
}

static int learn_ranges(struct relay *relay, const struct source *sources, struct log_range *ranges,
                        struct published_position *positions, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    int rc = inspector_log_ranges(relay->process->inspector, sources, comparison->count, ASK_MS,
                                  ranges, err);

    for (size_t i = 0; !rc && i < comparison->count; i++) {
        positions[i].source = sources[i];
        if (ranges[i].low < 0 || ranges[i].high < 0)
            rc = err_set(err, RETRY, "BROKERS_UNREACHABLE",
                         "no broker tells what partition %d of %s holds", (int)sources[i].partition,
                         sources[i].topic.data);
    }
    return rc ? rc
              : published_positions(relay->outbox, slice_of(comparison->cluster_id), positions,
                                    comparison->count, err);
}

static void tell_expired(const struct published_log *log, int64_t position, int64_t low)
{
    log_warn(
        "relay",
        "the log no longer has all that was published since the ledger was last compared: what "
        "is missing there and in the ledger cannot be found again",
        LOG_SLICE("topic", log->source.topic), LOG_INT("partition", log->source.partition),
        LOG_INT("compared_up_to", position), LOG_INT("log_begins_at", low));
}

// Whether there is anything to be read.
static bool aim(struct relay_comparison *comparison, const struct log_range *ranges,
                const struct published_position *positions)
{
    bool any = false;

    for (size_t i = 0; i < comparison->count; i++) {
        struct published_log *log = &comparison->logs[i];
        int64_t position = positions[i].next_offset;

        log->target = ranges[i].high;
        log->cursor = published_log_begin(position, ranges[i].low, ranges[i].high);
        if (position >= 0 && position < ranges[i].low)
            tell_expired(log, position, ranges[i].low);
        any |= log->cursor < log->target;
    }
    return any;
}

static int open_reader(struct relay *relay, const struct source *sources, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    const struct config *config = relay->process->config;
    int rc = found_records_open(&comparison->records, relay->process, err);

    return rc ? rc
              : log_reader_new(config->kafka, config->kafka_count, sources, comparison->count,
                               &comparison->reader, err);
}

static int begin(struct relay *relay, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    struct source *sources = NULL;
    struct log_range *ranges = NULL;
    struct published_position *positions = NULL;
    int rc = learn_topics(relay, err);
    size_t room = comparison->count + 1;

    sources = calloc(room, sizeof *sources);
    ranges = calloc(room, sizeof *ranges);
    positions = calloc(room, sizeof *positions);
    if (!rc && (!sources || !ranges || !positions))
        rc = err_no_memory(err);
    for (size_t i = 0; !rc && i < comparison->count; i++)
        sources[i] = comparison->logs[i].source;
    if (!rc)
        rc = learn_ranges(relay, sources, ranges, positions, err);
    comparison->place = comparison->found = comparison->lost = comparison->foreign = 0;
    comparison->is_under_way = !rc;
    if (!rc && aim(comparison, ranges, positions))
        rc = open_reader(relay, sources, err);
    free(sources);
    free(ranges);
    free(positions);
    return rc;
}

static void tell_found(struct relay *relay, enum outbox_kind kind, const struct found_row *row)
{
    char id[UUID_TEXT_SIZE];

    uuid_format(&row->id, id);
    if (row->is_foreign)
        log_error(
            "relay",
            "a command stands in the topic that no gate granted: the job has another creator. "
            "See who may write there",
            LOG_TEXT("command", id), LOG_SLICE("organization", row->organization_id),
            LOG_SLICE("job", row->job_id), LOG_SLICE("requester", row->requester_id));
    else if (row->is_lost)
        log_error("relay",
                  "a request was granted, and that was told; its command never went out, and the "
                  "ledger has lost it: its requester has to ask again",
                  LOG_TEXT("request", id), LOG_SLICE("organization", row->organization_id),
                  LOG_SLICE("job", row->job_id), LOG_SLICE("requester", row->requester_id));
    else
        log_warn(
            "relay",
            kind == OUTBOX_COMMAND
                ? "a command went out that the ledger had lost: it is recorded as found again"
                : "a decision was told that the ledger had lost: it is recorded as found again",
            LOG_TEXT(kind == OUTBOX_COMMAND ? "command" : "request", id),
            LOG_SLICE("organization", row->organization_id), LOG_SLICE("job", row->job_id),
            LOG_SLICE("requester", row->requester_id));
    relay->comparison.lost += row->is_lost;
    relay->comparison.foreign += row->is_foreign;
    relay->comparison.found += !row->is_lost && !row->is_foreign;
}

static int record_commands(struct relay *relay, struct kafka_message *const *messages, size_t count,
                           struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    struct found_command commands[FOUND_AT_ONCE];
    struct found_row row;
    size_t taken = 0, rows = 0;
    int rc = DONE;

    for (size_t i = 0; !rc && i < count; i++) {
        bool is_ours;

        rc = found_command_read(&comparison->records, relay->process->config, messages[i],
                                &commands[taken], &is_ours, err);
        taken += !rc && is_ours;
        comparison->foreign += !rc && !is_ours;
    }
    if (!rc && taken)
        rc = found_commands(relay->outbox, commands, taken, comparison->may_note, &rows, err);
    for (size_t i = 0; i < rows; i++) {
        found_command_row(relay->outbox, i, &row);
        tell_found(relay, OUTBOX_COMMAND, &row);
    }
    return rc;
}

static int record_decisions(struct relay *relay, struct kafka_message *const *messages,
                            size_t count, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    struct found_decision decisions[FOUND_AT_ONCE];
    struct found_row row;
    size_t taken = 0, rows = 0;
    int rc = DONE;

    for (size_t i = 0; !rc && i < count; i++) {
        bool is_ours;

        rc = found_decision_read(&comparison->records, messages[i], &decisions[taken], &is_ours,
                                 err);
        taken += !rc && is_ours;
        comparison->foreign += !rc && !is_ours;
    }
    if (!rc && taken)
        rc = found_decisions(relay->outbox, decisions, taken, &rows, err);
    for (size_t i = 0; i < rows; i++) {
        found_decision_row(relay->outbox, i, &row);
        tell_found(relay, OUTBOX_DECISION, &row);
    }
    return rc;
}

// Those before the target: what comes behind it may be our own, and not marked yet.
static size_t before_target(struct kafka_message *const *messages, size_t count, int64_t target,
                            int64_t *next_offset)
{
    struct kafka_record record;

    for (size_t i = 0; i < count; i++) {
        kafka_message_record(messages[i], &record);
        *next_offset = record.offset + 1;
        if (record.offset >= target) {
            *next_offset = target;
            return i;
        }
    }
    return count;
}

static int read_log(struct relay *relay, struct published_log *log, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    struct kafka_message *messages[FOUND_AT_ONCE];
    int64_t end = -1, next_offset = log->cursor;
    size_t count = 0, wanted;
    int rc = DONE;

    if (!comparison->is_started)
        rc = log_reader_start(comparison->reader, comparison->place, log->cursor, err);
    comparison->is_started = !rc;
    if (!rc)
        rc = log_reader_read(comparison->reader, comparison->place, READ_MS, messages,
                             FOUND_AT_ONCE, &count, &end, err);
    wanted = before_target(messages, count, log->target, &next_offset);
    if (!rc)
        rc = (log->kind == OUTBOX_COMMAND ? record_commands : record_decisions)(relay, messages,
                                                                                wanted, err);
    for (size_t i = 0; i < count; i++)
        kafka_message_free(messages[i]);
    arena_reset(&comparison->records.arena);
    if (!rc)
        log->cursor = end >= log->target ? log->target : next_offset;
    return rc;
}

void relay_note_positions(struct relay *relay)
{
    struct relay_comparison *comparison = &relay->comparison;
    struct published_position *positions = calloc(comparison->count + 1, sizeof *positions);
    size_t count = 0;
    struct err err;

    comparison->note_at_us = clock_monotonic_us() + NOTE_EVERY_US;
    for (size_t i = 0; positions && i < comparison->count; i++)
        if (comparison->logs[i].is_moved && comparison->logs[i].next_offset >= 0)
            positions[count++] = (struct published_position){comparison->logs[i].source,
                                                             comparison->logs[i].next_offset};
    // Without memory it stands where it was, and more is read again the next time.
    if (count && published_positions_move(relay->outbox, slice_of(comparison->cluster_id),
                                          positions, count, &err))
        relay_failed(relay, &relay->postgres, "up to where was published cannot be noted", &err);
    else
        for (size_t i = 0; positions && i < comparison->count; i++)
            comparison->logs[i].is_moved = false;
    free(positions);
}

static int end(struct relay *relay, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;
    bool tells;
    size_t untold = 0;
    int rc = found_untold(relay->outbox, &untold, err);

    if (!rc)
        rc = found_all(relay->outbox, comparison->epoch, err);
    if (rc)
        return rc;
    tells = comparison->holds || comparison->found || comparison->lost || comparison->foreign;
    if (tells)
        log_info("relay", "the ledger was compared with what was published",
                 LOG_INT("found_again", comparison->found), LOG_INT("lost", comparison->lost),
                 LOG_INT("told_now", untold), LOG_INT("not_ours", comparison->foreign));
    if (untold)
        relay->lanes[OUTBOX_DECISION].may_have_more = true;
    for (size_t i = 0; i < comparison->count; i++)
        published_log_read(&comparison->logs[i], comparison->logs[i].target);
    relay_note_positions(relay);
    stop_reading(comparison);
    comparison->is_wanted = comparison->may_note = false;
    comparison->holds = false;
    comparison->at_us = clock_monotonic_us() + AGAIN_US;
    relay_worked(&comparison->retry);
    return DONE;
}

static int step(struct relay *relay, struct err *err)
{
    struct relay_comparison *comparison = &relay->comparison;

    if (!comparison->is_under_way)
        return begin(relay, err);
    if (comparison->place == comparison->count)
        return end(relay, err);
    if (comparison->logs[comparison->place].cursor < comparison->logs[comparison->place].target)
        return read_log(relay, &comparison->logs[comparison->place], err);
    comparison->place++;
    comparison->is_started = false;
    return DONE;
}

static bool has_gap(const struct relay_comparison *comparison)
{
    for (size_t i = 0; i < comparison->count; i++)
        if (published_log_has_gap(&comparison->logs[i]))
            return true;
    return false;
}

bool relay_compare(struct relay *relay)
{
    struct relay_comparison *comparison = &relay->comparison;
    int64_t now_us = clock_monotonic_us();
    struct err err;

    comparison->is_wanted = comparison->is_wanted || has_gap(comparison);
    if (!comparison->is_wanted && now_us >= comparison->note_at_us &&
        !relay->lanes[OUTBOX_COMMAND].delivered)
        relay_note_positions(relay);
    if (!comparison->is_wanted || now_us < comparison->at_us || now_us < comparison->retry.at_us)
        return false;
    if (!step(relay, &err))
        return comparison->is_wanted;
    stop_reading(comparison);
    relay_failed(relay, &comparison->retry, "what was published cannot be held against the ledger",
                 &err);
    return false;
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/gate/gate_thread.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "kafka/record_probe.h"
#include "kafka/rights.h"
#include "serve/gate/gate_private.h"
#include "serve/gate/gate_report.h"
#include "serve/process/schemas.h"
#include "serve/source/standstill.h"

enum {
    POLL_MS = 50,
    MESSAGES_MAX = GATE_BATCH_MAX,
    LOOK_EVERY_US = 250 * 1000,         // at what waits
    LOOK_SHARE = 10,                    // of the time at most, when looking takes long,
    LOOK_REST_MAX_US = 2 * 1000 * 1000, // but no longer rest than this
    CHECK_EVERY_US = 1000 * 1000,       // whether the topic is there, while it is not
    TRUSTED_FOR_US = 10 * 1000 * 1000,  // once it is, or records come
    CHECK_TIMEOUT_MS = 1000,
    TELL_EVERY_US = 10 * 1000 * 1000,
    SILENCE_US = 10 * 1000 * 1000, // of Kafka, before it is told: a broker may pause
    GROUP_SIZE = 300,
};

static void on_failed(void *self, const struct err *err)
{
    struct gate_thread *thread = self;

    process_fail(thread->process, err);
}

// Nothing of a partition is under way when it is lost or dropped: what a poll brought is decided
// before the next.
static void make_sources(struct gate_thread *thread)
{
    struct process *process = thread->process;

    sources_init(&thread->sources,
                 &(struct sources_options){
                     .readings = &thread->readings,
                     .positions = position_keeper(thread->positions),
                     .cluster = cluster_port(process->inspector),
                     .reader = record_reader(thread->probe),
                     .metrics = process->metrics,
                     .stopping = &process->stopping,
                     .who = "gate",
                     .broker_stamps = true,
                     .now_us = clock_monotonic_us,
                     .hooks = {.self = thread, .reached_end = gate_intake_end, .failed = on_failed},
                 });
}

// The same deployment, another topic: members of one group share one subscription.
static void name_group(const struct config *config, char group[GROUP_SIZE])
{
    snprintf(group, GROUP_SIZE, "%s-cancel", config->group_id);
}

static int make_consumer(struct gate_thread *thread, struct err *err)
{
    const struct config *config = thread->process->config;
    const char *const topics[] = {config->cancel_request_topic, NULL};
    struct consumer_events events = sources_events(&thread->sources);
    char group[GROUP_SIZE];
    int rc;

    name_group(config, group);
    rc = consumer_new(&(struct consumer_options){.properties = config->kafka,
                                                 .property_count = config->kafka_count,
                                                 .topics = topics,
                                                 .group_id = group},
                      &events, &thread->consumer, err);
    if (!rc)
        sources_attach(&thread->sources, consumer_port(thread->consumer));
    return rc;
}

static int make_parts(struct gate_thread *thread, struct err *err)
{
    struct process *process = thread->process;
    const struct connection_options store = process_connection_options(process, "gate");
    const struct connection_options positions = process_position_options(process, "gate-positions");
    const struct decoder_options decoder = {
        .schemas = schemas_source(process->schemas),
        .namespaces = process->config->event_namespaces,
        .registry = process->config->registry.kind,
    };
    int rc = readings_init(&thread->readings, sizeof(struct gate_partition), NULL, NULL, err);

    if (rc)
        return rc;
    thread->ledger = ledger_new(&store, err);
    if (!thread->ledger)
        return (int)err->disposition;
    thread->positions = position_store_new(&positions, POSITIONS_OF_CANCEL_REQUESTS, err);
    if (!thread->positions)
        return (int)err->disposition;
    rc =
        record_probe_new(process->config->kafka, process->config->kafka_count, &thread->probe, err);
    if (rc)
        return rc;
    make_sources(thread);
    thread->gate = (struct gate){.ledger = ledger_port(thread->ledger),
                                 .rules = process->config->gate_rules,
                                 .decided = gate_report,
                                 .self = process};
    thread->decoder = cancel_decoder_new(&decoder, err);
    if (!thread->decoder)
        return (int)err->disposition;
    rc = cancel_credentials_new(process->config, &thread->credentials, err);
    return rc ? rc : make_consumer(thread, err);
}

int gate_thread_new(struct process *process, struct gate_thread **out, struct err *err)
{
    struct gate_thread *thread = calloc(1, sizeof *thread);
    int rc;

    if (!thread)
        return err_no_memory(err);
    thread->process = process;
    arena_init(&thread->batch.arena);
    intake_init(&thread->intake, process->config->dead_letters_patience_ms * 1000);
    rc = make_parts(thread, err);
    if (rc)
        gate_thread_free(thread);
    else
        *out = thread;
    return rc;
}

void gate_thread_free(struct gate_thread *thread)
{
    if (!thread)
        return;
    if (thread->started)
        pthread_join(thread->thread, NULL);
    if (thread->probe)
        sources_close(&thread->sources);
    consumer_free(thread->consumer);
    record_probe_free(thread->probe);
    position_store_free(thread->positions);
    readings_free(&thread->readings);
    cancel_credentials_free(thread->credentials);
    record_decoder_free(thread->decoder);
    ledger_free(thread->ledger);
    arena_reset(&thread->batch.arena);
    free(thread);
}

bool gate_thread_is_ready(const struct gate_thread *thread, struct buffer *reasons)
{
    int64_t now_us = clock_monotonic_us(), heard_at_us = thread->heard_at_us, since_us;
    bool hears = thread->kafka_ready || (heard_at_us && now_us - heard_at_us < SILENCE_US);
    bool denied = thread->is_denied;
    char group[GROUP_SIZE];
    const char *reason;
    bool fails = trouble_lasts(&thread->trouble, now_us, &since_us, &reason);
    bool stores = postgres_state_is_ready(&thread->postgres_state, "the cancel gate", reasons);

    if (denied) {
        name_group(thread->process->config, group);
        right_append(reasons, RIGHT_JOIN_GROUP, group);
        buffer_append_text(reasons, "\n");
    }
    if (!hears)
        buffer_append_format(reasons, "cancel requests cannot be read from the topic %s\n",
                             thread->process->config->cancel_request_topic);
    if (fails)
        trouble_append(reasons, "the cancel gate cannot write", since_us, reason);
    return readings_are_ready(&thread->readings, PARTITION_GATE, NULL, reasons) && stores &&
           hears && !denied && !fails;
}

void gate_thread_set_gauges(const struct gate_thread *thread)
{
    readings_set_gauges(&thread->readings, PARTITION_GATE, NULL, thread->process->metrics);
}

static bool is_connected(struct gate_thread *thread)
{
    struct err err;
    int rc;

    if (ledger_is_connected(thread->ledger))
        return true;
    postgres_state_missing(&thread->postgres_state, NULL);
    if (clock_monotonic_us() < thread->connect_at_us)
        return false;
    rc = ledger_connect(thread->ledger, &err);
    if (!rc) {
        postgres_state_connected(&thread->postgres_state);
        log_info("gate", "connected to PostgreSQL");
        return true;
    }
    postgres_state_missing(&thread->postgres_state, &err);
    log_warn("gate", connection_failure_message(&err), LOG_ERR(&err));
    thread->connect_at_us = clock_monotonic_us() + backoff_us(thread->failures++);
    if (rc == FATAL)
        process_fail(thread->process, &err);
    return false;
}

static void transact_waiting(struct gate_thread *thread)
{
    struct cancel_request requests[GATE_BATCH_MAX];
    struct gate_verdict verdicts[GATE_BATCH_MAX];
    int64_t now_us = clock_now_us();
    struct err err;
    size_t count;
    int rc = ledger_waiting(thread->ledger, thread->process->config->event_topics, now_us, requests,
                            &count, &err);

    if (!rc)
        count = gate_keep_joining(requests, count);
    if (!rc && count)
        rc = gate_transact(&thread->gate, requests, count, NULL, now_us, verdicts, NULL, &err);
    if (rc)
        gate_failed(thread, rc, &err);
    else if (count)
        gate_worked(thread);
}

// Until the next look. What took long need not do so again: a lock or a link may have been waited
// for.
static int64_t rest_us(int64_t took_us)
{
    int64_t rest_us = took_us * (LOOK_SHARE - 1);

    if (rest_us < LOOK_EVERY_US)
        return LOOK_EVERY_US;
    return rest_us < LOOK_REST_MAX_US ? rest_us : LOOK_REST_MAX_US;
}

// By polling; and if looking takes long, less often.
static void look_at_waiting(struct gate_thread *thread)
{
    int64_t began_us = clock_monotonic_us();

    if (began_us < thread->look_at_us || began_us < thread->connect_at_us)
        return;
    transact_waiting(thread);
    thread->look_at_us = clock_monotonic_us() + rest_us(clock_monotonic_us() - began_us);
}

static void check_topic(struct gate_thread *thread)
{
    const struct process *process = thread->process;
    bool exists;
    struct err err;

    if (clock_monotonic_us() < thread->check_at_us)
        return;
    thread->kafka_ready =
        !inspector_topic_exists(process->inspector, process->config->cancel_request_topic,
                                CHECK_TIMEOUT_MS, &exists, &err) &&
        exists;
    thread->check_at_us =
        clock_monotonic_us() + (thread->kafka_ready ? TRUSTED_FOR_US : CHECK_EVERY_US);
}

static void tell_trouble(struct gate_thread *thread, int rc, const struct err *err)
{
    int64_t now_us = clock_monotonic_us();

    if (rc == FATAL)
        process_fail(thread->process, err);
    thread->check_at_us = now_us;
    if (thread->told_at_us && now_us - thread->told_at_us < TELL_EVERY_US)
        return;
    thread->told_at_us = now_us;
    log_warn("gate", "cancel requests cannot be read", LOG_ERR(err));
}

static void poll_once(struct gate_thread *thread)
{
    struct kafka_message *messages[MESSAGES_MAX];
    size_t count = 0;
    struct err err;
    int rc = consumer_poll(thread->consumer, POLL_MS, messages, MESSAGES_MAX, &count, &err);

    if (rc)
        tell_trouble(thread, rc, &err);
    if (count) {
        thread->kafka_ready = true;
        thread->check_at_us = clock_monotonic_us() + TRUSTED_FOR_US;
    }
    gate_intake(thread, messages, count);
    for (size_t i = 0; i < count; i++)
        kafka_message_free(messages[i]);
}

static void hint_positions(struct gate_thread *thread)
{
    for (size_t i = 0; i < thread->readings.count; i++) {
        const struct reading *reading = thread->readings.items[i];

        if (reading->state == READING_STARTED)
            consumer_commit_hint(thread->consumer, &reading->source, reading->next_offset);
    }
}

static void *run(void *argument)
{
    struct gate_thread *thread = argument;

    while (!thread->process->stopping) {
        // Without it nothing could be decided.
        if (is_connected(thread)) {
            sources_start_due(&thread->sources);
            look_at_waiting(thread);
        }
        gate_note_log_ends(thread);
        check_topic(thread);
        poll_once(thread);
        thread->is_denied = consumer_is_denied(thread->consumer);
        if (thread->kafka_ready)
            thread->heard_at_us = clock_monotonic_us();
        hint_positions(thread);
    }
    sources_stop_scout(&thread->sources);
    consumer_free(thread->consumer); // both groups are left at once, each by its thread
    thread->consumer = NULL;
    return NULL;
}

int gate_thread_start(struct gate_thread *thread, struct err *err)
{
    int rc = sources_start_scout(&thread->sources, err);

    if (rc)
        return rc;
    if (pthread_create(&thread->thread, NULL, run, thread))
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread for the cancel gate");
    thread->started = true;
    return DONE;
}

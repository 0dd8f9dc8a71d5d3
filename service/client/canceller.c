// SPDX-License-Identifier: Apache-2.0
// Whoever asks is in a list while they wait; the listener's thread finds them there by what a
// decision says. A request is sent only once all partitions of the decisions are read: its answer
// is behind.
#include <jobtrail/cancel.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <utlist.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/random.h"
#include "base/utf8.h"
#include "client/error.h"
#include "client/settings.h"
#include "client/topic_listener.h"
#include "kafka/producer.h"
#include "wire/cancel_messages.h"

// Clocks of machines differ by less.
enum { LOOK_BACK_MS = 5 * 60 * 1000 };
// How often who waits looks whether Kafka refused the request.
enum { LOOK_US = 100 * 1000, US_PER_MS = 1000 };

static const char scheme[] = "Bearer ";

struct asker {
    struct asker *prev, *next;
    uint64_t number; // of the record that was sent
    struct cancel_requested request;
    bool is_decided, is_failed;
    struct jobtrail_decision decision;
    struct err failure;
};

struct jobtrail_canceller {
    const struct client_config *config; // retained
    const char *organization, *topic;   // of the config
    pid_t owner;
    struct producer *producer;
    struct topic_listener *listener;
    struct record_decoder *decoder; // of the listener's thread

    pthread_mutex_t lock; // guards these
    pthread_cond_t changed;
    struct asker *askers;
    uint64_t last_number;
    bool is_read; // all partitions of the decisions were found
    struct err trouble;
};

static bool is_answer(const struct jobtrail_canceller *canceller, const struct asker *asker,
                      const struct cancel_decided *decided)
{
    return !uuid_compare(&asker->request.request_id, &decided->request_id) &&
           slice_equal(slice_of(canceller->organization), decided->organization_id) &&
           slice_equal(asker->request.job_id, decided->job_id) &&
           slice_equal(asker->request.requester_id, decided->requester_id);
}

static void answer(struct asker *asker, const struct cancel_decided *decided)
{
    struct jobtrail_decision *decision = &asker->decision;

    if (asker->is_decided)
        return;
    asker->is_decided = true;
    decision->granted = decided->decision == CANCEL_GRANTED;
    snprintf(decision->reason_code, sizeof decision->reason_code, "%s",
             cancel_reason_name((enum cancel_reason_code)decided->reason_code));
    if (decided->has_command)
        uuid_format(&decided->command_id, decision->command_id);
    decision->decided_at_us = decided->decided_at_us;
}

static int take(void *self, const struct wire_record *record, struct err *err)
{
    struct jobtrail_canceller *canceller = self;
    struct cancel_message message;
    struct asker *asker;
    enum decoded what;
    int rc = decode_cancel_message(canceller->decoder, record, &message, &what, err);

    if (rc == RETRY && !schema_is_unknown(err))
        return RETRY;
    if (rc || what != DECODED_RECORD || message.kind != CANCEL_DECIDED)
        return DONE;
    pthread_mutex_lock(&canceller->lock);
    DL_FOREACH (canceller->askers, asker)
        if (is_answer(canceller, asker, &message.decided))
            answer(asker, &message.decided);
    pthread_cond_broadcast(&canceller->changed);
    pthread_mutex_unlock(&canceller->lock);
    return DONE;
}

static void hear_trouble(void *self, const struct err *err)
{
    struct jobtrail_canceller *canceller = self;

    pthread_mutex_lock(&canceller->lock);
    canceller->trouble = err ? *err : (struct err){0};
    canceller->is_read = canceller->is_read || !err;
    pthread_cond_broadcast(&canceller->changed);
    pthread_mutex_unlock(&canceller->lock);
}

static void hear_report(void *self, void *tag, int32_t partition, int64_t offset,
                        const struct err *err)
{
    struct jobtrail_canceller *canceller = self;
    struct asker *asker;

    (void)partition, (void)offset;
    if (!err)
        return;
    pthread_mutex_lock(&canceller->lock);
    DL_FOREACH (canceller->askers, asker)
        if (asker->number == (uintptr_t)tag) {
            asker->is_failed = true;
            asker->failure = *err;
        }
    pthread_cond_broadcast(&canceller->changed);
    pthread_mutex_unlock(&canceller->lock);
}

static int listen_to(struct jobtrail_canceller *canceller, struct err *err)
{
    const struct client_config *config = canceller->config;
    const struct topic_tail_options options = {
        .properties = config->properties,
        .property_count = config->property_count,
        .topic = options_text(config->options, "topic.cancel-decisions"),
        .since_ms = clock_now_us() / US_PER_MS - LOOK_BACK_MS,
    };
    const struct topic_listener_port port = {
        .self = canceller, .take = take, .trouble = hear_trouble};

    return topic_listener_open(&options, &port, &config->log, &canceller->listener, err);
}

static int open_parts(struct jobtrail_canceller *canceller, struct jobtrail_error *error)
{
    const struct client_config *config = canceller->config;
    const struct decoder_options options = {.schemas =
                                                config->schemas.fetch ? &config->schemas : NULL};
    struct err err;
    int rc;

    canceller->organization = options_text(config->options, "organization");
    canceller->topic = options_text(config->options, "topic.cancel-requests");
    canceller->decoder = cancel_decoder_new(&options, &err);
    rc = canceller->decoder ? DONE : (int)err.disposition;
    log_divert(&config->log);
    if (!rc)
        rc = producer_new(config->properties, config->property_count, hear_report, canceller,
                          &canceller->producer, &err);
    log_divert(NULL);
    if (!rc)
        rc = listen_to(canceller, &err);
    if (rc)
        return error_pass(error, rc == FATAL ? JOBTRAIL_SETTING : JOBTRAIL_SYSTEM, &err);
    return JOBTRAIL_OK;
}

int jobtrail_canceller_new(struct jobtrail_settings *settings, struct jobtrail_canceller **out,
                           struct jobtrail_error *error)
{
    struct jobtrail_canceller *canceller = calloc(1, sizeof *canceller);
    int rc;

    *out = NULL;
    if (!canceller)
        return error_no_memory(error);
    pthread_mutex_init(&canceller->lock, NULL);
    condition_init(&canceller->changed);
    canceller->owner = getpid();
    rc = settings_retain(settings, &canceller->config, error);
    if (!rc)
        rc = open_parts(canceller, error);
    if (rc)
        jobtrail_canceller_close(canceller);
    else
        *out = canceller;
    return rc;
}

void jobtrail_canceller_close(struct jobtrail_canceller *canceller)
{
    if (!canceller || getpid() != canceller->owner)
        return;
    topic_listener_close(canceller->listener);
    if (canceller->config)
        log_divert(&canceller->config->log);
    if (canceller->producer)
        producer_free(canceller->producer);
    log_divert(NULL);
    record_decoder_free(canceller->decoder);
    settings_release(canceller->config);
    pthread_cond_destroy(&canceller->changed);
    pthread_mutex_destroy(&canceller->lock);
    free(canceller);
}

static int not_text(const char *name, struct err *err)
{
    return err_set(err, POISON, "UTF8", "%s is no text in UTF-8", name);
}

// Fills what is sent; a reason that is cut lives in the arena.
static int read_request(const struct jobtrail_canceller *canceller,
                        const struct jobtrail_cancel_request *said, struct arena *arena,
                        struct cancel_requested *out, struct err *err)
{
    struct cancel_request checked = {.organization_id = slice_of(canceller->organization),
                                     .job_id = slice_of(said->job_id),
                                     .requester_id = slice_of(said->requester_id),
                                     .reason = slice_of(said->reason)};
    unsigned char random[UUID_BYTES];
    int rc;

    if (said->job_id && !utf8_is_text(checked.job_id))
        return not_text("job_id", err);
    if (said->requester_id && !utf8_is_text(checked.requester_id))
        return not_text("requester_id", err);
    if (said->reason && !utf8_is_text(checked.reason))
        return not_text("reason", err);
    rc = cancel_request_check(&checked, arena, err);
    if (rc)
        return rc;
    random_bytes(random, sizeof random);
    *out = (struct cancel_requested){
        .request_id = uuid_from_random(random),
        .organization_id = checked.organization_id,
        .job_id = checked.job_id,
        .requester_id = checked.requester_id,
        .requested_at_us = clock_now_us(),
        .reason = checked.reason,
    };
    if (said->request_id && !uuid_parse(slice_of(said->request_id), &out->request_id))
        return err_set(err, POISON, "UUID", "request_id is no UUID");
    if (said->token && !said->request_id)
        return err_set(err, POISON, "UUID", "a token names its request_id: give it");
    return DONE;
}

static int send_request(struct jobtrail_canceller *canceller, const struct asker *asker,
                        const char *token, struct arena *arena, struct err *err)
{
    const struct cancel_message message = {.kind = CANCEL_REQUESTED, .requested = asker->request};
    const size_t size = token ? sizeof scheme + strlen(token) : 0;
    char *text = token ? arena_alloc(arena, size) : NULL;
    const struct record_header header = {SLICE_LITERAL("authorization"), {text, size - !!size}};
    struct producer_record record = {.topic = canceller->topic,
                                     .partition = -1,
                                     .key = asker->request.job_id,
                                     .headers = &header,
                                     .header_count = token ? 1 : 0,
                                     .tag = (void *)(uintptr_t)asker->number};
    struct buffer value;
    int rc;

    if (token && !text)
        return err_no_memory(err);
    if (token)
        snprintf(text, size, "%s%s", scheme, token);
    buffer_init(&value);
    rc = encode_cancel_message(&message, FRAMING_SINGLE_OBJECT, NULL, &value, err);
    record.value = buffer_slice(&value);
    if (!rc)
        rc = producer_send(canceller->producer, &record, err);
    buffer_free(&value);
    return rc;
}

// Under the lock: until it is so, or the time is over. False: the latter.
static bool wait_until_read(struct jobtrail_canceller *canceller, int64_t until_us)
{
    while (!canceller->is_read)
        if (!condition_wait_until(&canceller->changed, &canceller->lock, until_us))
            return canceller->is_read;
    return true;
}

// Under the lock, which is free while Kafka is asked.
static void wait_for_answer(struct jobtrail_canceller *canceller, struct asker *asker,
                            int64_t until_us)
{
    struct err err;

    while (!asker->is_decided && !asker->is_failed && clock_monotonic_us() < until_us) {
        const int64_t look_us = clock_monotonic_us() + LOOK_US;

        condition_wait_until(&canceller->changed, &canceller->lock,
                             look_us < until_us ? look_us : until_us);
        pthread_mutex_unlock(&canceller->lock);
        if (producer_poll(canceller->producer, 0, &err)) {
            pthread_mutex_lock(&canceller->lock);
            canceller->trouble = err;
            pthread_mutex_unlock(&canceller->lock);
        }
        pthread_mutex_lock(&canceller->lock);
    }
}

static int tell_answer(const struct jobtrail_canceller *canceller, const struct asker *asker,
                       struct jobtrail_error *error)
{
    const bool has_trouble = canceller->trouble.disposition;

    if (asker->is_decided)
        return JOBTRAIL_OK;
    if (asker->is_failed)
        return error_pass(error, JOBTRAIL_KAFKA, &asker->failure);
    return error_tell(error, JOBTRAIL_TIMEOUT, "NOT_KNOWN", "no decision is known in time%s%.300s",
                      has_trouble ? ": " : "", has_trouble ? canceller->trouble.text : "");
}

// It is in the list all the while.
static int ask(struct jobtrail_canceller *canceller, struct asker *asker, const char *token,
               int64_t until_us, struct jobtrail_error *error)
{
    struct arena arena;
    struct err err;
    int rc = DONE;

    arena_init(&arena);
    log_divert(&canceller->config->log);
    pthread_mutex_lock(&canceller->lock);
    asker->number = ++canceller->last_number;
    DL_APPEND(canceller->askers, asker);
    if (wait_until_read(canceller, until_us)) {
        pthread_mutex_unlock(&canceller->lock);
        rc = send_request(canceller, asker, token, &arena, &err);
        pthread_mutex_lock(&canceller->lock);
        if (!rc)
            wait_for_answer(canceller, asker, until_us);
    }
    DL_DELETE(canceller->askers, asker);
    rc = rc ? error_pass(error, JOBTRAIL_KAFKA, &err) : tell_answer(canceller, asker, error);
    pthread_mutex_unlock(&canceller->lock);
    log_divert(NULL);
    arena_reset(&arena);
    return rc;
}

int jobtrail_cancel(struct jobtrail_canceller *canceller,
                    const struct jobtrail_cancel_request *request, int timeout_ms,
                    struct jobtrail_decision *decision, struct jobtrail_error *error)
{
    const int64_t until_us = clock_monotonic_us() + (int64_t)timeout_ms * US_PER_MS;
    struct asker asker = {0};
    struct arena arena;
    struct err err;
    int rc;

    *decision = asker.decision;
    if (getpid() != canceller->owner)
        return error_tell(error, JOBTRAIL_FORKED, "FORKED", "it is the parent's; make another");
    arena_init(&arena);
    rc = read_request(canceller, request, &arena, &asker.request, &err);
    if (rc) {
        rc = error_pass(error, JOBTRAIL_REFUSED, &err);
    } else {
        uuid_format(&asker.request.request_id, asker.decision.request_id);
        rc = ask(canceller, &asker, request->token, until_us, error);
        *decision = asker.decision;
    }
    arena_reset(&arena);
    return rc;
}

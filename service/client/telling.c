// SPDX-License-Identifier: Apache-2.0
// What is told of a job becomes an entry of the ring. All that can be long is done before the lock;
// what the lock guards takes less than a microsecond.
#include "client/telling.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "client/error.h"
#include "wire/event_messages.h"

enum { TRACEPARENT_LEAST = 55, TRACEPARENT_MOST = 255, NUMBER_OF_CREATION = 0 };

// An event on its way: what was given, and what is not in struct event.
struct telling {
    struct jobtrail_job *job;
    struct event event;
    bool has_id, has_time;
    struct slice traceparent;
    struct arena arena; // of cut texts
};

static bool is_traceparent(struct slice text)
{
    if (text.size < TRACEPARENT_LEAST || text.size > TRACEPARENT_MOST)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!strchr("0123456789abcdef-", text.data[i]))
            return false;
    return true;
}

static int refuse(struct err *err, const char *reason, const char *name, const char *why)
{
    return err_set(err, POISON, reason, "%s %s", name, why);
}

static int take_details(struct telling *telling, const struct jobtrail_details *details,
                        struct err *err)
{
    if (!details)
        return DONE;
    if (details->size < sizeof *details)
        return refuse(err, "DETAILS", "details", "did not begin with JOBTRAIL_DETAILS_INIT");
    telling->event.message = slice_of(details->message);
    telling->has_time = details->occurred_at_us != 0;
    telling->event.occurred_at_us = details->occurred_at_us;
    telling->has_id = details->event_id != NULL;
    if (telling->has_id && !uuid_parse(slice_of(details->event_id), &telling->event.id))
        return refuse(err, "INVALID_UUID", "event_id", "is no UUID");
    telling->traceparent = slice_of(details->traceparent);
    if (details->traceparent && !is_traceparent(telling->traceparent))
        return refuse(err, "TRACEPARENT", "traceparent", "is none as W3C writes it");
    return DONE;
}

static int check_texts(const struct event *event, struct err *err)
{
    const struct {
        const char *name;
        struct slice text;
    } texts[] = {{"message", event->message},       {"type", event->type},
                 {"creator_id", event->creator_id}, {"result_uri", event->result_uri},
                 {"error_code", event->error_code}, {"error_detail", event->error_detail}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].text.data && !utf8_is_text(texts[i].text))
            return refuse(err, "INVALID_UTF8", texts[i].name, "is not UTF-8");
    return DONE;
}

static int check(struct telling *telling, const struct jobtrail_details *details, struct err *err)
{
    const int64_t now_us = clock_now_us();
    int rc = take_details(telling, details, err);

    if (!telling->has_time)
        telling->event.occurred_at_us = now_us;
    if (!rc)
        rc = check_texts(&telling->event, err);
    return rc ? rc : event_check(&telling->event, now_us, &telling->arena, err);
}

// Time and id are the last that an event gets, so that one that is refused uses up neither.
static int complete(struct telling *telling, struct err *err)
{
    struct jobtrail_job *job = telling->job;
    struct event *event = &telling->event;
    const uint64_t number = event->kind == JOB_CREATED ? NUMBER_OF_CREATION : job->sequence + 1;

    if (!telling->has_time && event->occurred_at_us <= job->last_us)
        event->occurred_at_us = job->last_us + 1;
    if (telling->has_id)
        return DONE;
    if (!job->emitter->derives_ids)
        event->id = random_ids_next(&job->emitter->random);
    else if (!derived_id(job->emitter->source, event, number, &event->id))
        return err_no_memory(err);
    return DONE;
}

static int write_entry(const struct telling *telling, struct buffer *out, struct err *err)
{
    const struct event *event = &telling->event;
    struct entry *head;
    size_t value_at;

    buffer_clear(out);
    buffer_extend(out, sizeof *head);
    buffer_append(out, event->job_id.data, event->job_id.size);
    buffer_append(out, telling->traceparent.data, telling->traceparent.size);
    value_at = out->size;
    if (out->failed || encode_event(event, FRAMING_SINGLE_OBJECT, NULL, out, err))
        return err_no_memory(err);
    head = (struct entry *)(void *)out->data;
    *head = (struct entry){
        .value_size = (uint32_t)(out->size - value_at),
        .occurred_at_us = event->occurred_at_us,
        .id = event->id,
        .attempt = event->attempt,
        .job_id_size = (uint16_t)event->job_id.size,
        .traceparent_size = (uint8_t)telling->traceparent.size,
        .kind = (uint8_t)event->kind,
    };
    value_at = entry_aligned(out->size) - out->size;
    buffer_append(out, "\0\0\0\0\0\0\0", value_at);
    if (out->failed)
        return err_no_memory(err);
    ((struct entry *)(void *)out->data)->size = (uint32_t)out->size;
    return DONE;
}

static void taken(struct telling *telling)
{
    struct jobtrail_job *job = telling->job;

    job->emitter->counts.taken++;
    if (telling->event.kind != JOB_CREATED)
        job->sequence++;
    if (!telling->has_time)
        job->last_us = telling->event.occurred_at_us;
}

static int full(struct jobtrail_emitter *emitter, struct jobtrail_error *error)
{
    uint64_t number;

    emitter->is_full = true;
    // Not readable from now on; without a number in it, it was not.
    if (read(emitter->room_fd, &number, sizeof number) < 0)
        number = 0;
    return error_tell(error, JOBTRAIL_FULL, "QUEUE_FULL",
                      "the queue is full: %llu events that Kafka has not acknowledged%s%s",
                      (unsigned long long)emitter->ring.count,
                      emitter->trouble.disposition ? "; it says " : "",
                      emitter->trouble.disposition ? emitter->trouble.text : "");
}

static int put_tick(struct telling *telling, struct jobtrail_error *error)
{
    struct jobtrail_job *job = telling->job;
    struct jobtrail_emitter *emitter = job->emitter;
    struct err err;

    if (job->has_held || !emitter_has_room(emitter, emitter->entry.size, true)) {
        if (job_hold(job, &emitter->entry, &err))
            return error_no_memory(error);
        taken(telling);
        emitter_wake(emitter);
        return JOBTRAIL_HELD;
    }
    if (ring_append(&emitter->ring, (const struct entry *)(const void *)emitter->entry.data, &err))
        return error_pass(error, JOBTRAIL_SPOOL, &err);
    taken(telling);
    emitter_wake(emitter);
    return JOBTRAIL_OK;
}

static int put_transition(struct telling *telling, struct jobtrail_error *error)
{
    struct jobtrail_job *job = telling->job;
    struct jobtrail_emitter *emitter = job->emitter;
    struct err err;
    int rc = DONE;

    if (job->has_held)
        rc = job_append_held(job, false, &err);
    if (!rc && !emitter_has_room(emitter, emitter->entry.size, false))
        rc = err_set(&err, RETRY, "QUEUE_FULL", "the queue is full");
    if (!rc)
        rc = ring_append(&emitter->ring, (const struct entry *)(const void *)emitter->entry.data,
                         &err);
    emitter_wake(emitter);
    if (rc)
        return strcmp(err.reason, "QUEUE_FULL") ? error_pass(error, JOBTRAIL_SPOOL, &err)
                                                : full(emitter, error);
    taken(telling);
    return JOBTRAIL_OK;
}

static int put(struct telling *telling, struct jobtrail_error *error)
{
    struct jobtrail_emitter *emitter = telling->job->emitter;
    struct err err;
    int rc;

    pthread_mutex_lock(&emitter->lock);
    if (complete(telling, &err) || write_entry(telling, &emitter->entry, &err))
        rc = error_no_memory(error);
    else if (telling->event.kind == JOB_PROGRESSED)
        rc = put_tick(telling, error);
    else
        rc = put_transition(telling, error);
    pthread_mutex_unlock(&emitter->lock);
    return rc;
}

int job_tell(struct jobtrail_job *job, const struct event *event,
             const struct jobtrail_details *details, struct jobtrail_error *error)
{
    struct telling telling = {.job = job, .event = *event};
    struct err err;
    int rc;

    if (!emitter_is_ours(job->emitter))
        return emitter_forked(error);
    telling.event.attempt = job->attempt;
    telling.event.organization_id = job->emitter->organization;
    telling.event.job_id = slice_of(job->id);
    arena_init(&telling.arena);
    rc = check(&telling, details, &err);
    rc = rc ? error_pass(error, JOBTRAIL_REFUSED, &err) : put(&telling, error);
    arena_reset(&telling.arena);
    return rc;
}

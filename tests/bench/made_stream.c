// SPDX-License-Identifier: Apache-2.0
// A job is its seed: everything constant about it is drawn from that anew for each event, so that
// an open job costs a few bytes.
#include "bench/made_stream.h"

#include <stdio.h>
#include <stdlib.h>

#include "property/dice.h"

enum {
    ORGANIZATIONS = 100,
    MEMBERS = 1000, // of each organisation
    TICKS = 3,
    SUCCESSFUL_PERCENT = 90,
    FAILED_PERCENT = 7, // the rest is cancelled
    MESSAGE_SIZE = 128,
    EVENT_INTERVAL_US = 1000,
};

// 2026-01-01T00:00:00Z: any moment will do, as long as it is always the same one.
static const int64_t FIRST_EVENT_US = INT64_C(1767225600) * US_PER_SECOND;

static const char *const types[] = {"Load",    "Analyze", "Seed", "Export",
                                    "Reindex", "Convert", "Tile", "Publish"};

struct open_job {
    uint64_t seed;
    size_t told; // of its events
    size_t events;
};

struct made_stream {
    struct dice dice;
    size_t events_left, jobs_left, next_event;
    size_t open, wanted_open;
    struct made_totals totals;
    char organization_id[UUID_TEXT_SIZE], job_id[UUID_TEXT_SIZE], creator_id[UUID_TEXT_SIZE];
    char message[MESSAGE_SIZE];
    struct open_job jobs[];
};

static struct uuid draw_uuid(struct dice *dice)
{
    uint64_t words[2] = {dice_u64(dice), dice_u64(dice)};
    unsigned char bytes[UUID_BYTES];

    memcpy(bytes, words, sizeof(bytes));
    return uuid_from_random(bytes);
}

static struct slice uuid_text(struct dice *dice, char out[UUID_TEXT_SIZE])
{
    struct uuid uuid = draw_uuid(dice);

    uuid_format(&uuid, out);
    return (struct slice){out, UUID_TEXT_SIZE - 1};
}

struct made_stream *made_stream_new(const struct made_stream_options *options)
{
    size_t open = options->open_jobs ? options->open_jobs : 1;
    struct made_stream *stream = calloc(1, sizeof(*stream) + open * sizeof(struct open_job));

    if (!stream)
        return NULL;
    stream->dice = dice_from(options->seed);
    stream->events_left = options->events;
    stream->jobs_left = (options->events + MADE_EVENTS_A_JOB - 1) / MADE_EVENTS_A_JOB;
    stream->wanted_open = open;
    return stream;
}

void made_stream_free(struct made_stream *stream)
{
    free(stream);
}

static void open_job(struct made_stream *stream)
{
    struct open_job *job = &stream->jobs[stream->open++];

    *job = (struct open_job){.seed = dice_u64(&stream->dice)};
    job->events = stream->events_left < MADE_EVENTS_A_JOB ? stream->events_left : MADE_EVENTS_A_JOB;
    stream->events_left -= job->events;
    stream->jobs_left--;
}

static void tell_message(struct made_stream *stream, struct event *event, const char *text)
{
    int size = snprintf(stream->message, MESSAGE_SIZE, "%s: event %zu of the made stream", text,
                        stream->next_event);

    event->message = (struct slice){stream->message, (size_t)size};
}

static void make_created(struct made_stream *stream, struct dice *dice, struct slice creator_id,
                         struct event *event)
{
    event->kind = JOB_CREATED;
    event->type = slice_of(types[dice_below(dice, sizeof(types) / sizeof(*types))]);
    event->creator_id = creator_id;
    event->cancellable = true;
    stream->totals.jobs++;
    stream->totals.accepted++;
}

static void make_end(struct made_stream *stream, struct dice *dice, struct event *event)
{
    size_t percent = dice_below(dice, 100);

    stream->totals.running--;
    if (percent < SUCCESSFUL_PERCENT) {
        event->kind = JOB_SUCCEEDED;
        event->result_uri = SLICE_LITERAL("https://results.example/data-set");
        stream->totals.successful++;
    } else if (percent < SUCCESSFUL_PERCENT + FAILED_PERCENT) {
        event->kind = JOB_FAILED;
        event->error_code = SLICE_LITERAL("SOURCE_UNREADABLE");
        event->error_detail = SLICE_LITERAL("The third layer of the source has no projection.");
        tell_message(stream, event, "Failed");
        stream->totals.failed++;
    } else {
        event->kind = JOB_CANCELLED;
        tell_message(stream, event, "Cancelled");
        stream->totals.dismissed++;
    }
}

static void make_event(struct made_stream *stream, struct open_job *job, struct event *event)
{
    struct dice dice = dice_from(job->seed);
    uint64_t organization = dice_below(&dice, ORGANIZATIONS);
    struct dice organization_dice = dice_from(organization);
    struct dice member_dice = dice_from(organization * MEMBERS + dice_below(&dice, MEMBERS));
    struct slice creator_id = uuid_text(&member_dice, stream->creator_id);

    *event = (struct event){
        .attempt = 1,
        .id = draw_uuid(&stream->dice),
        .occurred_at_us = FIRST_EVENT_US + (int64_t)stream->next_event * EVENT_INTERVAL_US,
        .organization_id = uuid_text(&organization_dice, stream->organization_id),
        .job_id = uuid_text(&dice, stream->job_id),
    };
    if (job->told == 0) {
        make_created(stream, &dice, creator_id, event);
        tell_message(stream, event, "Waiting for a free place");
    } else if (job->told == 1) {
        event->kind = JOB_STARTED;
        tell_message(stream, event, "Reading the source");
        stream->totals.accepted--;
        stream->totals.running++;
    } else if (job->told < MADE_EVENTS_A_JOB - 1) {
        event->kind = JOB_PROGRESSED;
        event->progress = (int32_t)((job->told - 1) * 100 / (TICKS + 1));
        tell_message(stream, event, "Writing features");
    } else {
        make_end(stream, &dice, event);
    }
}

bool made_stream_next(struct made_stream *stream, struct event *out)
{
    struct open_job *job;

    while (stream->open < stream->wanted_open && stream->jobs_left)
        open_job(stream);
    if (!stream->open)
        return false;
    job = &stream->jobs[dice_below(&stream->dice, stream->open)];
    make_event(stream, job, out);
    stream->next_event++;
    if (++job->told == job->events)
        *job = stream->jobs[--stream->open];
    return true;
}

const struct made_totals *made_stream_totals(const struct made_stream *stream)
{
    return &stream->totals;
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/operate/verify_report.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "base/utf8.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/json_text.h"
#include "cli/terminal/terminal_text.h"

enum { SHOWN_BYTES = 400 }; // of a value, to people

static void set(json_t *object, const char *name, json_t *value, bool *failed)
{
    if (!value || json_object_set_new(object, name, value))
        *failed = true;
}

static json_t *event_json(const struct deciding_event *event, bool *failed)
{
    json_t *object = json_object();
    char id[UUID_TEXT_SIZE];

    uuid_format(&event->id, id);
    set(object, "topic", json_of_text(event->source.topic), failed);
    set(object, "partition", json_integer(event->source.partition), failed);
    set(object, "offset", json_integer(event->offset), failed);
    set(object, "event_id", json_string(id), failed);
    return object;
}

static int tell_json(const struct difference *difference, struct err *err)
{
    json_t *object = json_object(), *events = json_array();
    bool failed = !object || !events;

    set(object, "finding", json_string("difference"), &failed);
    set(object, "kind", json_string(difference_kind_name(difference->kind)), &failed);
    set(object, "organization_id", json_of_text(difference->key.organization_id), &failed);
    if (difference->kind == DIFFERENCE_TOTAL) {
        set(object, "type", json_of_text(difference->type), &failed);
        set(object, "status", json_string(difference->status), &failed);
    } else {
        set(object, "job_id", json_of_text(difference->key.job_id), &failed);
    }
    if (difference->part)
        set(object, "part", json_string(difference->part), &failed);
    set(object, "stored", json_of_text(difference->stored), &failed);
    set(object, "expected", json_of_text(difference->expected), &failed);
    for (size_t i = 0; i < difference->event_count; i++)
        if (json_array_append_new(events, event_json(&difference->events[i], &failed)))
            failed = true;
    set(object, "events", events, &failed);
    if (failed) {
        json_decref(object);
        return err_no_memory(err);
    }
    return json_print_line(object, err);
}

// What a damaged row holds need not be UTF-8.
static void write_value(struct buffer *out, const char *name, struct slice value)
{
    json_t *text = json_of_text(value);
    const struct slice shown = {json_string_value(text), json_string_length(text)};
    const size_t size = shown.data ? utf8_cut(shown, SHOWN_BYTES) : 0;

    buffer_append_format(out, " %s ", name);
    if (!text) {
        out->failed = true;
    } else if (!shown.data) {
        buffer_append_text(out, "nothing");
    } else {
        buffer_append_text(out, "\"");
        terminal_text_append(out, (struct slice){shown.data, size});
        buffer_append_text(out, size < shown.size ? "...\"" : "\"");
    }
    json_decref(text);
}

// "org/job status: stored "failed", expected "successful"", and below it where the event is.
static void write_difference(struct buffer *out, const struct difference *difference)
{
    buffer_append_format(out, "differs  %-8s ", difference_kind_name(difference->kind));
    terminal_text_append(out, difference->key.organization_id);
    if (difference->kind == DIFFERENCE_TOTAL) {
        buffer_append_text(out, " type \"");
        terminal_text_append(out, difference->type);
        buffer_append_format(out, "\" %s", difference->status);
    } else {
        buffer_append_text(out, " ");
        terminal_text_append(out, difference->key.job_id);
    }
    if (difference->part)
        buffer_append_format(out, " %s", difference->part);
    buffer_append_text(out, ":");
    write_value(out, "stored", difference->stored);
    buffer_append_text(out, ",");
    write_value(out, "expected", difference->expected);
    for (size_t i = 0; i < difference->event_count; i++) {
        const struct deciding_event *event = &difference->events[i];
        char id[UUID_TEXT_SIZE];

        uuid_format(&event->id, id);
        buffer_append_format(out, "\n         by event %s at ", id);
        terminal_text_append(out, event->source.topic);
        buffer_append_format(out, "[%" PRId32 "] offset %" PRId64, event->source.partition,
                             event->offset);
    }
    buffer_append_text(out, "\n");
}

// Takes the buffer.
static int print(struct verify_telling *telling, struct buffer *out, struct err *err)
{
    int rc = out->failed ? err_no_memory(err) : DONE;

    progress_end(&telling->progress);
    if (!rc)
        fwrite(out->data, 1, out->size, stdout);
    fflush(stdout);
    buffer_free(out);
    return rc;
}

static int tell_difference(void *self, const struct difference *difference, struct err *err)
{
    struct verify_telling *telling = self;
    struct buffer out;

    if (telling->is_json)
        return tell_json(difference, err);
    buffer_init(&out);
    write_difference(&out, difference);
    return print(telling, &out, err);
}

static int tell_unjudged(void *self, const char *reason, struct slice topic, int32_t partition,
                         const char *text, struct err *err)
{
    struct verify_telling *telling = self;
    struct buffer out;
    bool failed = false;
    json_t *object;

    if (telling->is_json) {
        object = json_object();
        set(object, "finding", json_string("not_judged"), &failed);
        set(object, "reason", json_string(reason), &failed);
        set(object, "topic", json_of_text(topic), &failed);
        set(object, "partition", partition < 0 ? json_null() : json_integer(partition), &failed);
        set(object, "text", json_of_text(slice_of(text)), &failed);
        if (!failed)
            return json_print_line(object, err);
        json_decref(object);
        return err_no_memory(err);
    }
    buffer_init(&out);
    buffer_append_text(&out, "not judged ");
    terminal_text_append(&out, topic);
    if (partition >= 0)
        buffer_append_format(&out, "[%" PRId32 "]", partition);
    buffer_append_text(&out, topic.data ? ": " : "");
    terminal_text_append(&out, slice_of(text));
    buffer_append_text(&out, "\n");
    return print(telling, &out, err);
}

static void tell_progress(void *self, uint64_t done, uint64_t total, uint64_t records)
{
    struct verify_telling *telling = self;

    progress_tell(&telling->progress, done, total, records);
}

static bool is_stopped(void *self)
{
    (void)self;
    return interrupt_seen();
}

struct verify_report verify_telling_report(struct verify_telling *telling)
{
    return (struct verify_report){
        .self = telling,
        .differs = tell_difference,
        .unjudged = tell_unjudged,
        .progressed = tell_progress,
        .is_stopped = is_stopped,
    };
}

struct number {
    const char *name;
    uint64_t value;
};

static int tell_result_json(const struct number *numbers, size_t count,
                            const struct verify_result *result, struct err *err)
{
    json_t *object = json_object();
    bool failed = false;

    set(object, "finding", json_string("summary"), &failed);
    for (size_t i = 0; i < count; i++)
        set(object, numbers[i].name, json_integer((json_int_t)numbers[i].value), &failed);
    set(object, "totals_compared", json_boolean(result->totals_compared), &failed);
    if (!failed)
        return json_print_line(object, err);
    json_decref(object);
    return err_no_memory(err);
}

int verify_tell_result(const struct verify_telling *telling, const struct verify_result *result,
                       struct err *err)
{
    const struct number numbers[] = {
        {"jobs", result->jobs},
        {"same", result->same},
        {"in_part", result->in_part},
        {"not_judged", result->unjudged},
        {"left", result->left},
        {"erased", result->erased},
        {"differing", result->differing},
        {"differences", result->differences},
        {"totals", result->totals},
        {"passes", result->passes},
        {"records", result->counts.records},
        {"events", result->counts.events},
        {"dead_letters", result->counts.dead_letters},
        {"ignored", result->counts.ignored},
        {"undecodable", result->counts.undecodable},
        {"not_read_yet", (uint64_t)result->unread},
    };

    if (telling->is_json)
        return tell_result_json(numbers, sizeof numbers / sizeof *numbers, result, err);
    printf("%" PRIu64 " jobs compared: %" PRIu64 " the same, %" PRIu64 " differ, %" PRIu64
           " hold what the log says and more, which could not be judged, %" PRIu64
           " have no event in the log and were not judged\n",
           result->jobs, result->same, result->differing, result->in_part, result->unjudged);
    if (result->left || result->erased)
        printf("not judged besides: %" PRIu64
               " are older than the horizon and have left, or began anew "
               "since; %" PRIu64 " are the same but for a creator who was erased\n",
               result->left, result->erased);
    printf("totals: ");
    if (result->totals_compared)
        printf("%" PRIu64 " differ\n", result->totals);
    else
        printf("not compared\n");
    printf("%" PRIu64 " records in %" PRIu64 " passes: %" PRIu64 " events folded, %" PRIu64
           " dead letters, %" PRIu64 " ignored\n",
           result->counts.records, result->passes, result->counts.events,
           result->counts.dead_letters, result->counts.ignored);
    return DONE;
}

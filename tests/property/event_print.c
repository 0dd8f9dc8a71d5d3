// SPDX-License-Identifier: Apache-2.0
// Times are printed as numbers and texts with their size, since what a property finds is often a
// difference of one microsecond or one byte.
#include "property/event_print.h"

#include <inttypes.h>

enum { TEXT_SHOWN_BYTES = 24, TAIL_SHOWN_BYTES = 8 };

static void print_text(FILE *to, const char *name, struct slice text)
{
    if (!text.data)
        return;
    if (text.size <= TEXT_SHOWN_BYTES + TAIL_SHOWN_BYTES)
        fprintf(to, " %s=\"%.*s\"", name, (int)text.size, text.data);
    else
        fprintf(to, " %s=\"%.*s...%.*s\"(%zu bytes)", name, TEXT_SHOWN_BYTES, text.data,
                TAIL_SHOWN_BYTES, text.data + text.size - TAIL_SHOWN_BYTES, text.size);
}

static void print_time(FILE *to, const char *name, int64_t time_us)
{
    if (time_us != TIME_NONE)
        fprintf(to, " %s=%" PRId64, name, time_us);
}

static void print_id(FILE *to, const char *name, const struct uuid *id)
{
    char text[UUID_TEXT_SIZE];

    uuid_format(id, text);
    fprintf(to, " %s=%s", name, text);
}

static const char *kind_name(int kind)
{
    static const char *const names[EVENT_KINDS] = {"JobCreated",   "JobStarted", "JobProgressed",
                                                   "JobSucceeded", "JobFailed",  "JobCancelled"};

    return kind >= 0 && kind < EVENT_KINDS ? names[kind] : "no kind";
}

void print_event(FILE *to, const struct event *event)
{
    fprintf(to, "  %s attempt=%d", kind_name((int)event->kind), event->attempt);
    print_time(to, "at", event->occurred_at_us);
    print_id(to, "id", &event->id);
    print_text(to, "message", event->message);
    print_text(to, "type", event->type);
    print_text(to, "creator", event->creator_id);
    if (event->kind == JOB_CREATED)
        fprintf(to, " cancellable=%d", event->cancellable);
    if (event->kind == JOB_PROGRESSED)
        fprintf(to, " progress=%d", event->progress);
    print_text(to, "result_uri", event->result_uri);
    print_text(to, "error_code", event->error_code);
    print_text(to, "error_detail", event->error_detail);
    if (event->has_command)
        print_id(to, "command", &event->command_id);
    fputc('\n', to);
}

void print_columns(FILE *to, const struct job_columns *columns)
{
    static const char *const names[JOB_STATUSES] = {"accepted", "running", "successful", "failed",
                                                    "dismissed"};

    fprintf(to, "  status=%s attempt=%d progress=%d cancellable=%d disputed=%d",
            columns->status < JOB_STATUSES ? names[columns->status] : "no status", columns->attempt,
            columns->progress, columns->cancellable, columns->creator_disputed);
    print_time(to, "created", columns->created_at_us);
    print_time(to, "started", columns->started_at_us);
    print_time(to, "finished", columns->finished_at_us);
    print_time(to, "updated", columns->updated_at_us);
    print_text(to, "type", columns->type);
    print_text(to, "creator", columns->creator_id);
    print_text(to, "message", columns->message);
    print_text(to, "error_code", columns->error_code);
    print_text(to, "error_detail", columns->error_detail);
    print_text(to, "result_uri", columns->result_uri);
    fputc('\n', to);
}

void print_entry(FILE *to, const struct history_entry *entry)
{
    fprintf(to, "  %s attempt=%d", kind_name(entry->kind), entry->attempt);
    print_time(to, "at", entry->occurred_at_us);
    print_id(to, "id", &entry->event_id);
    print_text(to, "message", entry->message);
    print_text(to, "type", entry->type);
    print_text(to, "creator", entry->creator_id);
    if (entry->kind == JOB_CREATED)
        fprintf(to, " cancellable=%d", entry->cancellable);
    print_text(to, "error_code", entry->error_code);
    if (entry->has_command)
        print_id(to, "command", &entry->command_id);
    fputc('\n', to);
}

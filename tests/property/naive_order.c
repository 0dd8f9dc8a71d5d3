// SPDX-License-Identifier: Apache-2.0
// Each comparison is a list of members in their order: the first that differs decides (a ?: b is
// "a unless it is 0, then b").
#include "property/naive_order.h"

#include "base/utf8.h"

static int numbers(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

static int ids(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static int texts(struct slice a, struct slice b)
{
    int order;

    if (!a.data || !b.data)
        return numbers(a.data != NULL, b.data != NULL);
    order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return order ?: numbers((int64_t)a.size, (int64_t)b.size);
}

static struct slice kept(struct slice message)
{
    return (struct slice){message.data, utf8_cut(message, HISTORY_MESSAGE_MAX_BYTES)};
}

static int messages(struct slice a, struct slice b)
{
    return texts(kept(a), kept(b)) ?: texts(a, b);
}

static int event_contents(const struct event *a, const struct event *b)
{
    switch (a->kind) {
    case JOB_CREATED:
        return numbers(a->attempt, b->attempt) ?: texts(a->type, b->type)
                   ?: texts(a->creator_id, b->creator_id)
                   ?: numbers(a->cancellable, b->cancellable) ?: messages(a->message, b->message);
    case JOB_STARTED:
        return numbers(a->attempt, b->attempt) ?: messages(a->message, b->message);
    case JOB_PROGRESSED:
        return numbers(a->attempt, b->attempt) ?: numbers(a->progress, b->progress)
                   ?: messages(a->message, b->message);
    case JOB_SUCCEEDED:
        return numbers(a->attempt, b->attempt) ?: messages(a->message, b->message)
                   ?: texts(a->result_uri, b->result_uri);
    case JOB_FAILED:
        return numbers(a->attempt, b->attempt) ?: texts(a->error_code, b->error_code)
                   ?: messages(a->message, b->message) ?: texts(a->error_detail, b->error_detail);
    case JOB_CANCELLED:
        return numbers(a->attempt, b->attempt) ?: numbers(a->has_command, b->has_command)
                   ?: ids(&a->command_id, &b->command_id) ?: messages(a->message, b->message);
    case EVENT_KINDS:
        break;
    }
    return 0;
}

int naive_event_compare(const struct event *a, const struct event *b)
{
    return numbers(a->occurred_at_us, b->occurred_at_us) ?: ids(&a->id, &b->id)
               ?: numbers((int64_t)a->kind, (int64_t)b->kind) ?: event_contents(a, b);
}

struct history_entry naive_entry(const struct event *event)
{
    struct history_entry entry = {
        .occurred_at_us = event->occurred_at_us,
        .event_id = event->id,
        .kind = (uint8_t)event->kind,
        .attempt = event->attempt,
        .message = event->message,
    };

    if (entry.message.data)
        entry.message.size = utf8_cut(entry.message, HISTORY_MESSAGE_MAX_BYTES);
    if (event->kind == JOB_CREATED) {
        entry.type = event->type;
        entry.creator_id = event->creator_id;
        entry.cancellable = event->cancellable;
    }
    if (event->kind == JOB_FAILED)
        entry.error_code = event->error_code;
    if (event->kind == JOB_CANCELLED) {
        entry.has_command = event->has_command;
        entry.command_id = event->command_id;
    }
    return entry;
}

// The canonical order again. What a kind does not have is alike in both, so one list serves all.
static int entry_contents(const struct history_entry *a, const struct history_entry *b)
{
    return numbers(a->attempt, b->attempt) ?: texts(a->type, b->type)
               ?: texts(a->creator_id, b->creator_id) ?: numbers(a->cancellable, b->cancellable)
               ?: texts(a->error_code, b->error_code) ?: numbers(a->has_command, b->has_command)
               ?: ids(&a->command_id, &b->command_id) ?: messages(a->message, b->message);
}

int naive_entry_compare(enum history_set_kind set, const struct history_entry *a,
                        const struct history_entry *b)
{
    int attempts = set == HISTORY_CREATIONS ? 0 : numbers(b->attempt, a->attempt);

    return attempts ?: numbers(a->occurred_at_us, b->occurred_at_us)
                           ?: ids(&a->event_id, &b->event_id)
                           ?: numbers(a->kind, b->kind) ?: entry_contents(a, b);
}

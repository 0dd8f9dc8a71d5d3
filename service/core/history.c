// SPDX-License-Identifier: Apache-2.0
#include "core/history.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "core/order.h"

void history_clear(struct history *history)
{
    for (int set = 0; set < HISTORY_SETS; set++) {
        for (int i = 0; i < history->count[set]; i++)
            free(history->entries[set][i]);
        free(history->entries[set]);
    }
    *history = (struct history){0};
}

bool history_set_of(enum event_kind kind, enum history_set_kind *set)
{
    if (kind == JOB_PROGRESSED)
        return false;
    *set = kind == JOB_CREATED   ? HISTORY_CREATIONS
           : kind == JOB_STARTED ? HISTORY_STARTS
                                 : HISTORY_ENDS;
    return true;
}

struct event history_entry_event(const struct history_entry *entry)
{
    return (struct event){
        .kind = (enum event_kind)entry->kind,
        .id = entry->event_id,
        .attempt = entry->attempt,
        .occurred_at_us = entry->occurred_at_us,
        .message = entry->message,
        .type = entry->type,
        .creator_id = entry->creator_id,
        .cancellable = entry->cancellable,
        .error_code = entry->error_code,
        .has_command = entry->has_command,
        .command_id = entry->command_id,
    };
}

// The event with only what an entry holds of it.
static struct event reduce(const struct event *event)
{
    struct event reduced = *event;

    if (reduced.message.data)
        reduced.message.size = utf8_cut(reduced.message, HISTORY_MESSAGE_MAX_BYTES);
    reduced.result_uri = reduced.error_detail = SLICE_NULL;
    return reduced;
}

static int compare_in_set(enum history_set_kind set, const struct event *a, const struct event *b)
{
    if (set != HISTORY_CREATIONS && a->attempt != b->attempt)
        return a->attempt > b->attempt ? -1 : 1;
    return event_compare(a, b);
}

static struct slice put_behind(char **room, struct slice text)
{
    struct slice copy = {text.data ? *room : NULL, text.size};

    if (text.data)
        memcpy(*room, text.data, text.size);
    *room += text.size;
    return copy;
}

static size_t entry_bytes(const struct history_entry *entry)
{
    return sizeof *entry + entry->message.size + entry->type.size + entry->creator_id.size +
           entry->error_code.size;
}

static struct history_entry *entry_new(const struct event *event)
{
    size_t texts =
        event->message.size + event->type.size + event->creator_id.size + event->error_code.size;
    struct history_entry *entry = malloc(sizeof *entry + texts);
    char *room;

    if (!entry)
        return NULL;
    room = (char *)(entry + 1);
    *entry = (struct history_entry){
        .occurred_at_us = event->occurred_at_us,
        .event_id = event->id,
        .command_id = event->command_id,
        .attempt = event->attempt,
        .kind = (uint8_t)event->kind,
        .cancellable = event->cancellable,
        .has_command = event->has_command,
    };
    entry->message = put_behind(&room, event->message);
    entry->type = put_behind(&room, event->type);
    entry->creator_id = put_behind(&room, event->creator_id);
    entry->error_code = put_behind(&room, event->error_code);
    return entry;
}

static bool make_room(struct history *history, enum history_set_kind set)
{
    uint8_t capacity = history->capacity[set];
    struct history_entry **entries;

    if (history->count[set] < capacity)
        return true;
    capacity = capacity ? (uint8_t)(capacity * 2) : 1;
    entries = realloc(history->entries[set], capacity * sizeof(*entries));
    if (!entries)
        return false;
    history->bytes += (capacity - history->capacity[set]) * sizeof(*entries);
    history->entries[set] = entries;
    history->capacity[set] = capacity;
    return true;
}

static void drop_worst(struct history *history, enum history_set_kind set)
{
    struct history_entry *worst = history->entries[set][--history->count[set]];

    history->bytes -= entry_bytes(worst);
    free(worst);
}

static void insert(struct history *history, enum history_set_kind set, int place,
                   struct history_entry *entry)
{
    struct history_entry **entries = history->entries[set];

    memmove(entries + place + 1, entries + place,
            (size_t)(history->count[set] - place) * sizeof(*entries));
    entries[place] = entry;
    history->count[set]++;
    history->bytes += entry_bytes(entry);
}

int history_add(struct history *history, const struct event *event, bool *changed, struct err *err)
{
    enum history_set_kind set;
    struct history_entry *entry;
    struct event added;
    int place;

    if (!history_set_of(event->kind, &set))
        return DONE;
    added = reduce(event);
    for (place = history->count[set]; place > 0; place--) {
        struct event kept = history_entry_event(history->entries[set][place - 1]);
        int order = compare_in_set(set, &added, &kept);

        if (order == 0)
            return DONE;
        if (order > 0)
            break;
    }
    if (place == HISTORY_SET_MAX)
        return DONE;
    entry = entry_new(&added);
    if (!entry)
        return err_no_memory(err);
    if (history->count[set] == HISTORY_SET_MAX)
        drop_worst(history, set);
    if (!make_room(history, set)) {
        free(entry);
        return err_no_memory(err);
    }
    insert(history, set, place, entry);
    *changed = true;
    return DONE;
}

int history_join(struct history *history, const struct history *other, bool *changed,
                 struct err *err)
{
    for (int set = 0; set < HISTORY_SETS; set++)
        for (int i = 0; i < other->count[set]; i++) {
            struct event event = history_entry_event(other->entries[set][i]);
            int rc = history_add(history, &event, changed, err);

            if (rc)
                return rc;
        }
    return DONE;
}

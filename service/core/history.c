// SPDX-License-Identifier: Apache-2.0
#include "core/history.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "core/order.h"
#include "core/packed_bytes.h"

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

enum { ENTRY_CANCELLABLE = 1, ENTRY_HAS_COMMAND = 2 };

static void put_entry(char **at, const struct event *event)
{
    put_i64(at, event->occurred_at_us);
    put_uuid(at, &event->id);
    put_u16(at, (unsigned)event->attempt);
    put_u8(at, event->kind);
    put_u8(at, (event->cancellable ? ENTRY_CANCELLABLE : 0u) |
                   (event->has_command ? ENTRY_HAS_COMMAND : 0u));
    if (event->has_command)
        put_uuid(at, &event->command_id);
    put_text(at, event->message);
    put_text(at, event->type);
    put_text(at, event->creator_id);
    put_text(at, event->error_code);
}

bool history_read_entry(struct slice *packed, struct event *out)
{
    struct packed_reader reader = {
        .at = (const unsigned char *)packed->data,
        .end = (const unsigned char *)packed->data + packed->size,
    };
    unsigned flags;

    *out = (struct event){0};
    out->occurred_at_us = take_i64(&reader);
    out->id = take_uuid(&reader);
    out->attempt = (int32_t)take_u16(&reader);
    out->kind = (enum event_kind)take_u8(&reader);
    flags = take_u8(&reader);
    out->cancellable = flags & ENTRY_CANCELLABLE;
    out->has_command = flags & ENTRY_HAS_COMMAND;
    if (out->has_command)
        out->command_id = take_uuid(&reader);
    out->message = take_text(&reader);
    out->type = take_text(&reader);
    out->creator_id = take_text(&reader);
    out->error_code = take_text(&reader);
    *packed = (struct slice){(const char *)reader.at, (size_t)(reader.end - reader.at)};
    return !reader.failed;
}

static struct event entry_event(const struct packed_entry *entry)
{
    struct slice packed = {entry->bytes, entry->size};
    struct event event;

    // Our own writing reads well.
    return history_read_entry(&packed, &event) ? event : (struct event){0};
}

struct event history_event(const struct history *history, enum history_set_kind set, int place)
{
    return entry_event(history->entries[set][place]);
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

static size_t entry_bytes(const struct packed_entry *entry)
{
    return sizeof *entry + entry->size;
}

static struct packed_entry *entry_new(const struct event *event)
{
    enum { FIXED_BYTES = 8 + UUID_BYTES + 2 + 1 + 1 + 4 * 2 };
    size_t size = FIXED_BYTES + (event->has_command ? UUID_BYTES : 0u) + event->message.size +
                  event->type.size + event->creator_id.size + event->error_code.size;
    struct packed_entry *entry = malloc(sizeof *entry + size);
    char *at;

    if (!entry)
        return NULL;
    entry->size = (uint16_t)size;
    at = entry->bytes;
    put_entry(&at, event);
    return entry;
}

static bool make_room(struct history *history, enum history_set_kind set)
{
    uint8_t capacity = history->capacity[set];
    struct packed_entry **entries;

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
    struct packed_entry *worst = history->entries[set][--history->count[set]];

    history->bytes -= entry_bytes(worst);
    free(worst);
}

static void insert(struct history *history, enum history_set_kind set, int place,
                   struct packed_entry *entry)
{
    struct packed_entry **entries = history->entries[set];

    memmove(entries + place + 1, entries + place,
            (size_t)(history->count[set] - place) * sizeof(*entries));
    entries[place] = entry;
    history->count[set]++;
    history->bytes += entry_bytes(entry);
}

int history_add(struct history *history, const struct event *event, bool *changed, struct err *err)
{
    enum history_set_kind set;
    struct packed_entry *entry;
    struct event added;
    int place;

    if (!history_set_of(event->kind, &set))
        return DONE;
    added = reduce(event);
    for (place = history->count[set]; place > 0; place--) {
        struct event kept = history_event(history, set, place - 1);
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
            struct event event = history_event(other, (enum history_set_kind)set, i);
            int rc = history_add(history, &event, changed, err);

            if (rc)
                return rc;
        }
    return DONE;
}

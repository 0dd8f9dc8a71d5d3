// SPDX-License-Identifier: Apache-2.0
#include "core/history.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "core/order.h"
#include "core/packed_bytes.h"

// Jobs that begin and end once need no more than two grains.
enum { GRAIN = 128 };

void history_clear(struct history *history)
{
    free(history->entries);
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

struct slice history_entries(const struct history *history, enum history_set_kind set)
{
    size_t begin = 0;

    for (int before = 0; before < (int)set; before++)
        begin += history->set_bytes[before];
    return (struct slice){history->entries ? history->entries + begin : "",
                          history->set_bytes[set]};
}

// Our own writing reads well.
static struct event take_entry(struct slice *entries)
{
    struct event event;

    return history_read_entry(entries, &event) ? event : (struct event){0};
}

struct event history_event(const struct history *history, enum history_set_kind set, int place)
{
    struct slice entries = history_entries(history, set);
    struct event event;

    do
        event = take_entry(&entries);
    while (place--);
    return event;
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

static size_t entry_size(const struct event *event)
{
    enum { FIXED_BYTES = 8 + UUID_BYTES + 2 + 1 + 1 + 4 * 2 };

    return FIXED_BYTES + (event->has_command ? UUID_BYTES : 0u) + event->message.size +
           event->type.size + event->creator_id.size + event->error_code.size;
}

static size_t used_bytes(const struct history *history)
{
    struct slice last = history_entries(history, HISTORY_SETS - 1);

    return (size_t)(last.data - history_entries(history, 0).data) + last.size;
}

static bool make_room(struct history *history, size_t size)
{
    size_t wanted = (used_bytes(history) + size + GRAIN - 1) / GRAIN * GRAIN;
    char *entries;

    if (wanted <= history->bytes)
        return true;
    entries = realloc(history->entries, wanted);
    if (!entries)
        return false;
    history->entries = entries;
    history->bytes = wanted;
    return true;
}

static void insert(struct history *history, enum history_set_kind set, size_t offset,
                   const struct event *event)
{
    size_t size = entry_size(event);
    char *at = history->entries + offset;

    memmove(at + size, at, used_bytes(history) - offset);
    put_entry(&at, event);
    history->set_bytes[set] = (uint16_t)(history->set_bytes[set] + size);
    history->count[set]++;
}

static void drop_worst(struct history *history, enum history_set_kind set)
{
    struct slice entries = history_entries(history, set), worst;
    char *begin;

    do {
        worst = entries;
        take_entry(&entries);
    } while (entries.size);
    begin = history->entries + (worst.data - history->entries);
    memmove(begin, worst.data + worst.size,
            used_bytes(history) - (size_t)(begin - history->entries) - worst.size);
    history->set_bytes[set] = (uint16_t)(history->set_bytes[set] - worst.size);
    history->count[set]--;
}

int history_add(struct history *history, const struct event *event, bool *changed, struct err *err)
{
    enum history_set_kind set;
    struct slice worse; // the entries from place on
    struct event added;
    size_t at;
    int place;

    if (!history_set_of(event->kind, &set))
        return DONE;
    added = reduce(event);
    worse = history_entries(history, set);
    for (place = 0; place < history->count[set]; place++) {
        struct slice rest = worse;
        struct event kept = take_entry(&rest);
        int order = compare_in_set(set, &added, &kept);

        if (order == 0)
            return DONE;
        if (order < 0)
            break;
        worse = rest;
    }
    if (place == HISTORY_SET_MAX)
        return DONE;
    at = history->entries ? (size_t)(worse.data - history->entries) : 0;
    if (!make_room(history, entry_size(&added)))
        return err_no_memory(err);
    if (history->count[set] == HISTORY_SET_MAX)
        drop_worst(history, set);
    insert(history, set, at, &added);
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

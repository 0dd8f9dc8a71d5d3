// SPDX-License-Identifier: Apache-2.0
#include "core/pack_history.h"

#include "core/pack.h"
#include "core/packed_bytes.h"

enum { ENTRY_CANCELLABLE = 1, ENTRY_HAS_COMMAND = 2 };

static size_t packed_size(const struct history *history)
{
    enum { ENTRY_FIXED_BYTES = 64 };
    size_t size = 1 + HISTORY_SETS;

    for (int set = 0; set < HISTORY_SETS; set++)
        for (int i = 0; i < history->count[set]; i++) {
            const struct history_entry *entry = history->entries[set][i];

            size += ENTRY_FIXED_BYTES + entry->message.size + entry->type.size +
                    entry->creator_id.size + entry->error_code.size;
        }
    return size;
}

static void put_entry(char **at, const struct history_entry *entry)
{
    put_i64(at, entry->occurred_at_us);
    put_uuid(at, &entry->event_id);
    put_u16(at, (unsigned)entry->attempt);
    put_u8(at, entry->kind);
    put_u8(at, (entry->cancellable ? ENTRY_CANCELLABLE : 0u) |
                   (entry->has_command ? ENTRY_HAS_COMMAND : 0u));
    if (entry->has_command)
        put_uuid(at, &entry->command_id);
    put_text(at, entry->message);
    put_text(at, entry->type);
    put_text(at, entry->creator_id);
    put_text(at, entry->error_code);
}

bool pack_history(const struct history *history, struct arena *arena, struct slice *out)
{
    char *bytes = arena_alloc(arena, packed_size(history)), *at = bytes;

    if (!bytes)
        return false;
    put_u8(&at, PACK_VERSION);
    for (int set = 0; set < HISTORY_SETS; set++) {
        put_u8(&at, history->count[set]);
        for (int i = 0; i < history->count[set]; i++)
            put_entry(&at, history->entries[set][i]);
    }
    *out = (struct slice){bytes, (size_t)(at - bytes)};
    return true;
}

static struct event take_entry(struct packed_reader *reader)
{
    struct event event = {0};
    unsigned flags;

    event.occurred_at_us = take_i64(reader);
    event.id = take_uuid(reader);
    event.attempt = (int32_t)take_u16(reader);
    event.kind = (enum event_kind)take_u8(reader);
    flags = take_u8(reader);
    event.cancellable = flags & ENTRY_CANCELLABLE;
    event.has_command = flags & ENTRY_HAS_COMMAND;
    if (event.has_command)
        event.command_id = take_uuid(reader);
    event.message = take_text(reader);
    event.type = take_text(reader);
    event.creator_id = take_text(reader);
    event.error_code = take_text(reader);
    return event;
}

static int unreadable(struct err *err)
{
    return err_set(err, FATAL, "ROW_UNREADABLE", "the packed history cannot be read");
}

int unpack_history(struct slice packed, struct history *history, struct err *err)
{
    struct packed_reader reader = {
        .at = (const unsigned char *)packed.data,
        .end = (const unsigned char *)packed.data + packed.size,
    };

    if (take_u8(&reader) != PACK_VERSION)
        return unreadable(err);
    for (int set = 0; set < HISTORY_SETS; set++)
        for (unsigned left = take_u8(&reader); left; left--) {
            struct event event = take_entry(&reader);
            enum history_set_kind of_kind;
            bool changed = false;
            int rc;

            if (reader.failed || event.kind >= EVENT_KINDS ||
                !history_set_of(event.kind, &of_kind) || (int)of_kind != set)
                return unreadable(err);
            rc = history_add(history, &event, &changed, err);
            if (rc)
                return rc;
        }
    return reader.failed || reader.at != reader.end ? unreadable(err) : DONE;
}

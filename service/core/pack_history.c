// SPDX-License-Identifier: Apache-2.0
#include "core/pack_history.h"

#include "core/pack.h"
#include "core/packed_bytes.h"

bool pack_history(const struct history *history, struct arena *arena, struct slice *out)
{
    size_t size = 1 + HISTORY_SETS;
    char *bytes, *at;

    for (int set = 0; set < HISTORY_SETS; set++)
        size += history->set_bytes[set];
    bytes = at = arena_alloc(arena, size);
    if (!bytes)
        return false;
    put_u8(&at, PACK_VERSION);
    for (int set = 0; set < HISTORY_SETS; set++) {
        struct slice entries = history_entries(history, (enum history_set_kind)set);

        put_u8(&at, history->count[set]);
        memcpy(at, entries.data, entries.size);
        at += entries.size;
    }
    *out = (struct slice){bytes, size};
    return true;
}

static int unreadable(struct err *err)
{
    return err_set(err, FATAL, "ROW_UNREADABLE", "the packed history cannot be read");
}

static bool take_byte(struct slice *packed, unsigned *out)
{
    if (!packed->size)
        return false;
    *out = (unsigned char)packed->data[0];
    *packed = (struct slice){packed->data + 1, packed->size - 1};
    return true;
}

// The event must be of a kind that this set holds, within the limits for which core has room.
static bool take_entry(struct slice *packed, int set, struct event *out)
{
    enum history_set_kind of_kind;

    return history_read_entry(packed, out) && out->kind < EVENT_KINDS &&
           history_set_of(out->kind, &of_kind) && (int)of_kind == set &&
           out->type.size <= TYPE_MAX_BYTES && out->creator_id.size <= ID_MAX_BYTES &&
           out->error_code.size <= ERROR_CODE_MAX_BYTES;
}

int unpack_history(struct slice packed, struct history *history, struct err *err)
{
    unsigned version, left;

    if (!take_byte(&packed, &version) || version != PACK_VERSION)
        return unreadable(err);
    for (int set = 0; set < HISTORY_SETS; set++) {
        if (!take_byte(&packed, &left))
            return unreadable(err);
        for (; left; left--) {
            struct event event;
            bool changed = false;
            int rc = take_entry(&packed, set, &event) ? history_add(history, &event, &changed, err)
                                                      : unreadable(err);

            if (rc)
                return rc;
        }
    }
    return packed.size ? unreadable(err) : DONE;
}

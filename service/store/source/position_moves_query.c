// SPDX-License-Identifier: Apache-2.0
#include "store/source/position_moves_query.h"

#include "store/connection/columns.h"

bool position_moves_query(const char *query, const struct position_move *moves, size_t count,
                          const char *owner, struct exchange *exchange)
{
    struct strided items = STRIDED(moves, count);
    struct parameters *out = count ? exchange_add(exchange, query) : NULL;

    if (!out)
        return !count;
    column_texts(out, items, offsetof(struct position_move, source.topic));
    column_int4s(out, items, offsetof(struct position_move, source.partition));
    column_int8s(out, items, offsetof(struct position_move, expected_next_offset));
    column_int8s(out, items, offsetof(struct position_move, to.next_offset));
    column_int8s(out, items, offsetof(struct position_move, to.last_offset));
    column_int8s(out, items, offsetof(struct position_move, to.last_timestamp_ms));
    column_int8s(out, items, offsetof(struct position_move, to.last_hash));
    parameters_add_bytes(out, slice_of(owner));
    column_int8s(out, items, offsetof(struct position_move, first.offset));
    column_int8s(out, items, offsetof(struct position_move, first.timestamp_ms));
    column_int8s(out, items, offsetof(struct position_move, first.hash));
    return true;
}

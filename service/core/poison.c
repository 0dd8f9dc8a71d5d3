// SPDX-License-Identifier: Apache-2.0
#include "core/poison.h"

#include <string.h>

static const char *const reasons[] = {
    // Decoding (wire).
    "TOMBSTONE",
    "PAYLOAD_TOO_LARGE",
    "FRAMING",
    "SCHEMA_UNKNOWN",
    "SCHEMA_INVALID",
    "SCHEMA_INCOMPATIBLE",
    "UNKNOWN_RECORD",
    "TRUNCATED",
    "VARINT",
    "INT_RANGE",
    "LENGTH",
    "BOOLEAN",
    "UNION_BRANCH",
    "ENUM_SYMBOL",
    "UTF8",
    "NUL_IN_TEXT",
    "TOO_MANY_ITEMS",
    "TOO_DEEP",
    "TRAILING_BYTES",
    "UUID",
    // Limits (core/event.c, core/cancel.c).
    "ID_LENGTH",
    "TYPE_LENGTH",
    "ATTEMPT_RANGE",
    "PROGRESS_RANGE",
    "TIME_TOO_EARLY",
    "TIME_TOO_LATE",
    "ERROR_CODE_LENGTH",
    "RESULT_URI",
    // What PostgreSQL refuses, or holds (store).
    "DATA_REFUSED",
    "DATA_TOO_LARGE",
    "LEDGER_DAMAGED",
    // None of these.
    "OTHER",
};

_Static_assert(sizeof reasons / sizeof *reasons == POISON_REASONS, "the list's length");

const char *poison_reason_name(size_t place)
{
    return reasons[place];
}

size_t poison_reason_place(const char *reason)
{
    size_t place = 0;

    while (place < POISON_REASONS - 1 && (!reason || strcmp(reasons[place], reason) != 0))
        place++;
    return place;
}

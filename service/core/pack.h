// SPDX-License-Identifier: Apache-2.0
// A row as PostgreSQL keeps it, and back. Columns that others read hold what they say; the packed
// column `state` holds what they do not tell, `history` the three sets. Both begin with a version;
// this binary writes version 1 and reads it. Version n must read n-1: to change a layout, add a
// version here and keep reading the old one.
//
// Integers are big-endian. A text is u16 length (0xFFFF: absent) and its bytes.
// state, version 1:
//   u8 version, u8 flags (PACK_* in pack.c), u8 shown message, i8 tick (-1: none)
//   end, if known:       16 event_id, [16 command_id], text message unless it is the shown one
//   statement, if known: i64 occurred_at_us, 16 event_id, u8 kind, i8 progress, text type,
//                        text creator_id, text message unless shown
//   creation, if known:  16 event_id, u16 attempt, text message unless shown
// history, version 1:
//   u8 version, then for creations, starts and ends: u8 count, then each entry:
//   i64 occurred_at_us, 16 event_id, u16 attempt, u8 kind, u8 flags (1 cancellable,
//   2 has_command), [16 command_id], text message, text type, text creator_id, text error_code
#pragma once

#include "core/row.h"

enum { PACK_VERSION = 1 };

// The columns borrow from the row and the arena. 0, or RETRY without memory.
int pack_row(const struct row *row, struct arena *arena, struct job_columns *out, struct err *err);

// A new row, the caller's. 0; RETRY without memory; FATAL with reason ROW_UNREADABLE for a packed
// column of an unknown version or one that is damaged.
int unpack_row(const struct job_columns *columns, struct row **out, struct err *err);

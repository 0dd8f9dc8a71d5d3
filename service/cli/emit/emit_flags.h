// SPDX-License-Identifier: Apache-2.0
// What reading the flags of one event and of one request have in common, and how sending either
// ends.
#pragma once

#include "cli/emit/emitter.h"
#include "cli/terminal/arguments.h"
#include "cli/terminal/output.h"

// Each FATAL with reason USAGE for a bad value. Texts are borrowed from the arguments.
// Absent if not given.
int emit_read_text(const struct arguments *arguments, const char *name, struct slice *out,
                   struct err *err);
// A new one if not given.
int emit_read_id(const struct arguments *arguments, const char *name, struct uuid *out,
                 struct err *err);
// Now if not given.
int emit_read_time(const struct arguments *arguments, const char *name, int64_t *out_us,
                   struct err *err);

// Waits for the broker's word on the one that was sent, and prints its id and where it went.
// columns: what the four are called, as output_new takes them.
int emit_conclude(const struct arguments *arguments, struct emitter *emitter, enum emitted kind,
                  const struct output_column *columns, const struct uuid *id, struct err *err);

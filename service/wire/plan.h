// SPDX-License-Identifier: Apache-2.0
// A decode plan: how to read what one writer's schema wrote into one of our structs. Compiled once
// by Avro's rules of schema resolution (fields and symbols by name or alias, defaults, promotion,
// unions on either side), then run for each value without memory and without copying.
// Never changes after plan_compile: any number of threads may run it.
#pragma once

#include "wire/layout.h"
#include "wire/schema.h"

struct plan;

enum {
    PLAN_MAX_DEPTH = 64,     // of values within values
    PLAN_SPARE_ITEMS = 4096, // items that a value may have beyond the number of its bytes
};

// writer: the record as it was written, of a schema with that many parts. reader: our schema of
// the same layout; the plan borrows texts of it (defaults), nothing of the writer's.
// 0 and *out, the caller's to free; POISON (SCHEMA_INCOMPATIBLE); RETRY without memory.
int plan_compile(const struct schema_node *writer, size_t writer_parts, const struct schema *reader,
                 const struct layout *layout, struct plan **out, struct err *err);
void plan_free(struct plan *plan);

const struct layout *plan_layout(const struct plan *plan);
size_t plan_memory_bytes(const struct plan *plan);

// Reads the whole payload into target, the layout's struct; texts borrow from the payload or the
// reader's schema. What the layout has no field for is zeroed.
// 0; POISON, target then undefined: TRUNCATED, VARINT, INT_RANGE, LENGTH, BOOLEAN, UNION_BRANCH,
// ENUM_SYMBOL, UTF8, NUL_IN_TEXT, UUID, TOO_MANY_ITEMS, TOO_DEEP or TRAILING_BYTES.
int plan_run(const struct plan *plan, struct slice payload, void *target, struct err *err);

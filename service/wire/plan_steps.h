// SPDX-License-Identifier: Apache-2.0
// The inside of a plan, shared by the compiler (plan*.c) and what runs it (plan_run.c) alone.
#pragma once

#include "wire/plan.h"

enum step_code {
    STEP_NOTHING, // a null: no byte, and the image has it already
    STEP_TEXT,
    STEP_UUID_TEXT,
    STEP_UUID_BYTES,
    STEP_INT,
    STEP_TIME,
    STEP_BOOL,
    STEP_ENUM,
    STEP_CHOOSE, // a union: one of count steps from first
    STEP_REFUSE, // a branch that our field cannot hold
    SKIP_INT,
    SKIP_LONG,
    SKIP_SIZED, // bytes or string
    SKIP_BYTES, // count bytes
    SKIP_ENUM,  // of count symbols
    SKIP_RECORD,
    SKIP_ARRAY, // of the step at first
    SKIP_MAP,
};

enum time_scale { TIME_AS_INT, TIME_AS_MICROS, TIME_FROM_MILLIS, TIME_FROM_NANOS };

enum { NOT_OURS = UINT16_MAX };

struct step {
    uint8_t code;         // enum step_code
    uint8_t scale;        // enum time_scale
    uint16_t field;       // of the layout, or NOT_OURS
    uint16_t offset;      // in the target
    uint16_t flag_offset; // of the bool that says "not null"; 0: none
    uint32_t first, count;
};

struct plan {
    const struct layout *layout;
    struct step *steps; // owned; the record's fields first
    size_t step_count, field_count;
    int32_t *symbols; // owned; of STEP_ENUM, from first: our symbol's place or -1
    size_t symbol_count;
    _Alignas(max_align_t) char image[LAYOUT_MAX_STRUCT_BYTES]; // the target with its defaults
};

// A compilation under way.
struct plan_compiler {
    struct plan *plan;
    uint32_t *first_of;                 // by node: where its fields' steps are, or NO_STEPS
    const struct schema_node **pending; // records whose fields have steps but no content yet
    size_t pending_count;
};

#define NO_STEPS UINT32_MAX

// Makes room for count steps side by side.
uint32_t plan_reserve(struct plan_compiler *compiler, size_t count);
// Fills the step at place so that it reads over a value of that type.
void plan_skip(struct plan_compiler *compiler, const struct schema_node *node, uint32_t place);
// Does what plan_skip left pending.
void plan_skip_pending(struct plan_compiler *compiler);
// Fills the step at place so that it reads a value of the writer's type into our field.
// False: it cannot be.
bool plan_read(struct plan_compiler *compiler, const struct schema_node *writer,
               const struct schema_node *reader, size_t field, uint32_t place);
// Puts our field's default into the image. False: it has none, or one that the layout cannot hold.
bool plan_default(struct plan *plan, const struct schema_field *reader, size_t field);

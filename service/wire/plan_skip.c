// SPDX-License-Identifier: Apache-2.0
// Steps for what a writer has and we do not. A record's fields get their steps once, later, from a
// list: types may refer to one another in a chain as long as the schema, and in circles.
#include "wire/plan_steps.h"

uint32_t plan_reserve(struct plan_compiler *compiler, size_t count)
{
    size_t first = compiler->plan->step_count;

    // Every use of a type is counted in the schema's parts, from which the capacity is made.
    compiler->plan->step_count += count;
    return (uint32_t)first;
}

static void skip_record(struct plan_compiler *compiler, const struct schema_node *node,
                        struct step *step)
{
    uint32_t *first = &compiler->first_of[node->index];

    if (*first == NO_STEPS) {
        *first = plan_reserve(compiler, node->field_count);
        compiler->pending[compiler->pending_count++] = node;
    }
    step->code = SKIP_RECORD;
    step->first = *first;
    step->count = (uint32_t)node->field_count;
}

static void skip_children(struct plan_compiler *compiler, const struct schema_node *node,
                          struct step *step)
{
    step->first = plan_reserve(compiler, node->child_count);
    step->count = (uint32_t)node->child_count;
    for (size_t i = 0; i < node->child_count; i++)
        plan_skip(compiler, node->children[i], step->first + (uint32_t)i);
}

void plan_skip(struct plan_compiler *compiler, const struct schema_node *node, uint32_t place)
{
    static const struct {
        uint8_t code, bytes;
    } simple[SCHEMA_TYPES] = {
        [SCHEMA_NULL] = {STEP_NOTHING, 0}, [SCHEMA_BOOLEAN] = {SKIP_BYTES, 1},
        [SCHEMA_INT] = {SKIP_INT, 0},      [SCHEMA_LONG] = {SKIP_LONG, 0},
        [SCHEMA_FLOAT] = {SKIP_BYTES, 4},  [SCHEMA_DOUBLE] = {SKIP_BYTES, 8},
        [SCHEMA_BYTES] = {SKIP_SIZED, 0},  [SCHEMA_STRING] = {SKIP_SIZED, 0},
        [SCHEMA_ENUM] = {SKIP_ENUM, 0},    [SCHEMA_FIXED] = {SKIP_BYTES, 0},
        [SCHEMA_ARRAY] = {SKIP_ARRAY, 0},  [SCHEMA_MAP] = {SKIP_MAP, 0},
        [SCHEMA_UNION] = {STEP_CHOOSE, 0},
    };
    struct step *step = &compiler->plan->steps[place];

    step->code = simple[node->type].code;
    step->count = simple[node->type].bytes;
    step->field = NOT_OURS;
    if (node->type == SCHEMA_RECORD)
        skip_record(compiler, node, step);
    else if (node->type == SCHEMA_ENUM)
        step->count = (uint32_t)node->symbols.count;
    else if (node->type == SCHEMA_FIXED)
        step->count = (uint32_t)node->fixed_bytes;
    else if (node->type > SCHEMA_FIXED)
        skip_children(compiler, node, step);
}

void plan_skip_pending(struct plan_compiler *compiler)
{
    while (compiler->pending_count) {
        const struct schema_node *record = compiler->pending[--compiler->pending_count];
        uint32_t first = compiler->first_of[record->index];

        for (size_t i = 0; i < record->field_count; i++)
            plan_skip(compiler, record->fields[i].type, first + (uint32_t)i);
    }
}

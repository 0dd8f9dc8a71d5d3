// SPDX-License-Identifier: Apache-2.0
// Matches the writer's fields with ours and lays out the steps. All memory is taken up front: a
// schema's parts bound its steps.
#include "wire/plan.h"

#include <stdlib.h>

#include "wire/plan_steps.h"

enum { UNMATCHED = -1 };

static bool field_matches(const struct schema_field *writer, const struct schema_field *reader,
                          int pass)
{
    if (pass == 0)
        return !strcmp(writer->name, reader->name);
    if (pass == 1) // we renamed it: a past writer
        return schema_names_have(&reader->aliases, writer->name);
    return schema_names_have(&writer->aliases, reader->name); // they renamed it: a future writer
}

static bool is_taken(const int32_t *matches, size_t count, int32_t theirs)
{
    for (size_t ours = 0; ours < count; ours++)
        if (matches[ours] == theirs)
            return true;
    return false;
}

// For each of our fields the writer's, or UNMATCHED. A name beats an alias.
static void match_fields(const struct schema_node *writer, const struct schema_node *reader,
                         int32_t *matches)
{
    for (size_t ours = 0; ours < reader->field_count; ours++)
        matches[ours] = UNMATCHED;
    for (int pass = 0; pass < 3; pass++)
        for (size_t ours = 0; ours < reader->field_count; ours++)
            for (size_t theirs = 0; matches[ours] == UNMATCHED && theirs < writer->field_count;
                 theirs++) {
                if (field_matches(&writer->fields[theirs], &reader->fields[ours], pass) &&
                    !is_taken(matches, reader->field_count, (int32_t)theirs))
                    matches[ours] = (int32_t)theirs;
            }
}

static int refuse_field(const struct schema_node *writer, const struct schema_field *theirs,
                        const struct schema_field *ours, struct err *err)
{
    if (theirs->type->logical == LOGICAL_LOCAL)
        return err_set(err, POISON, "SCHEMA_INCOMPATIBLE",
                       "the writer's field '%.80s' of %.80s is a %s: what a clock on a wall says, "
                       "which is no moment without its zone. Write it as %s, in UTC",
                       theirs->name, writer->full_name, theirs->type->logical_name,
                       theirs->type->logical_name + strlen("local-"));
    return err_set(err, POISON, "SCHEMA_INCOMPATIBLE",
                   "the writer's field '%.80s' of %.80s is of type %s, which '%s' cannot take",
                   theirs->name, writer->full_name, schema_type_name(theirs->type->type),
                   ours->name);
}

static int compile_fields(struct plan_compiler *compiler, const struct schema_node *writer,
                          const struct schema_node *reader, struct err *err)
{
    struct plan *plan = compiler->plan;
    int32_t matches[LAYOUT_MAX_FIELDS];

    match_fields(writer, reader, matches);
    plan->field_count = writer->field_count;
    plan_reserve(compiler, writer->field_count);
    for (size_t theirs = 0; theirs < writer->field_count; theirs++)
        plan->steps[theirs].field = NOT_OURS;
    for (size_t ours = 0; ours < reader->field_count; ours++) {
        const struct schema_field *field = &reader->fields[ours];
        int32_t theirs = matches[ours];

        if (theirs == UNMATCHED && !plan_default(plan, field, ours))
            return err_set(err, POISON, "SCHEMA_INCOMPATIBLE",
                           "the writer's %.80s has no field '%s', and that has no default",
                           writer->full_name, field->name);
        if (theirs != UNMATCHED &&
            !plan_read(compiler, writer->fields[theirs].type, field->type, ours, (uint32_t)theirs))
            return refuse_field(writer, &writer->fields[theirs], field, err);
    }
    for (size_t theirs = 0; theirs < writer->field_count; theirs++)
        if (plan->steps[theirs].field == NOT_OURS)
            plan_skip(compiler, writer->fields[theirs].type, (uint32_t)theirs);
    plan_skip_pending(compiler);
    return DONE;
}

// A writer's enum may be read by each of our enum fields.
static size_t symbols_at_most(const struct layout *layout, size_t parts)
{
    size_t enums = 0;

    for (size_t i = 0; i < layout->field_count; i++)
        enums += layout->fields[i].type == LAYOUT_ENUM;
    return enums * parts + 1;
}

static bool take_memory(struct plan_compiler *compiler, size_t parts, const struct layout *layout)
{
    struct plan *plan = calloc(1, sizeof *plan);

    compiler->plan = plan;
    if (!plan)
        return false;
    plan->layout = layout;
    // Twice: a record that holds itself is compiled once to be read and once to be skipped.
    plan->steps = calloc(2 * parts, sizeof *plan->steps);
    plan->symbols = calloc(symbols_at_most(layout, parts), sizeof *plan->symbols);
    compiler->first_of = malloc(parts * sizeof *compiler->first_of);
    compiler->pending = calloc(parts, sizeof(struct schema_node *));
    if (!plan->steps || !plan->symbols || !compiler->first_of || !compiler->pending)
        return false;
    for (size_t i = 0; i < parts; i++)
        compiler->first_of[i] = NO_STEPS;
    return true;
}

// What turned out not to be needed is given back; should that fail, it is merely kept.
static void give_back_rest(struct plan *plan)
{
    void *steps = realloc(plan->steps, (plan->step_count + 1) * sizeof *plan->steps);
    void *symbols = realloc(plan->symbols, (plan->symbol_count + 1) * sizeof *plan->symbols);

    if (steps)
        plan->steps = steps;
    if (symbols)
        plan->symbols = symbols;
}

int plan_compile(const struct schema_node *writer, size_t writer_parts, const struct schema *reader,
                 const struct layout *layout, struct plan **out, struct err *err)
{
    struct plan_compiler compiler = {0};
    int rc;

    *out = NULL;
    if (take_memory(&compiler, writer_parts, layout)) {
        rc = compile_fields(&compiler, writer, reader->root, err);
    } else {
        rc = err_no_memory(err);
    }
    free(compiler.first_of);
    free(compiler.pending);
    if (rc) {
        plan_free(compiler.plan);
        return rc;
    }
    give_back_rest(compiler.plan);
    *out = compiler.plan;
    return DONE;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    free(plan->steps);
    free(plan->symbols);
    free(plan);
}

const struct layout *plan_layout(const struct plan *plan)
{
    return plan->layout;
}

size_t plan_memory_bytes(const struct plan *plan)
{
    return sizeof *plan + (plan->step_count + 1) * sizeof *plan->steps +
           (plan->symbol_count + 1) * sizeof *plan->symbols;
}

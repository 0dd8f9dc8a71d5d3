// SPDX-License-Identifier: Apache-2.0
#include "core/order.h"

#include "base/utf8.h"
#include "core/history.h"

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

// The part that the history keeps comes first, so that its order is the beginning of this one: a
// cut at a character does not keep the order of the bytes around it.
static int compare_messages(struct slice a, struct slice b)
{
    int order = slice_compare((struct slice){a.data, utf8_cut(a, HISTORY_MESSAGE_MAX_BYTES)},
                              (struct slice){b.data, utf8_cut(b, HISTORY_MESSAGE_MAX_BYTES)});

    return order ? order : slice_compare(a, b);
}

static int compare_content(const struct event *a, const struct event *b)
{
    int order = compare_numbers(a->attempt, b->attempt);

    if (!order)
        order = slice_compare(a->type, b->type);
    if (!order)
        order = slice_compare(a->creator_id, b->creator_id);
    if (!order)
        order = compare_numbers(a->cancellable, b->cancellable);
    if (!order)
        order = compare_numbers(a->progress, b->progress);
    if (!order)
        order = slice_compare(a->error_code, b->error_code);
    if (!order)
        order = compare_numbers(a->has_command, b->has_command);
    if (!order)
        order = uuid_compare(&a->command_id, &b->command_id);
    // What the history keeps in part or not at all comes last; see core/history.h.
    if (!order)
        order = compare_messages(a->message, b->message);
    if (!order)
        order = slice_compare(a->result_uri, b->result_uri);
    if (!order)
        order = slice_compare(a->error_detail, b->error_detail);
    return order;
}

int event_compare(const struct event *a, const struct event *b)
{
    int order = compare_numbers(a->occurred_at_us, b->occurred_at_us);

    if (!order)
        order = uuid_compare(&a->id, &b->id);
    if (!order)
        order = compare_numbers(a->kind, b->kind);
    return order ? order : compare_content(a, b);
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/table_fit.h"

#include "cli/terminal/terminal_text.h"

static size_t least_of(const struct column_fit *fit, size_t wanted)
{
    return fit->cut == CUT_NOTHING || wanted < fit->least ? wanted : fit->least;
}

// What the columns that are left take together, at least or as they are.
static size_t total(const struct column_fit *fits, size_t count, const size_t *widths,
                    bool at_least)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++)
        if (widths[i])
            sum += (at_least ? least_of(&fits[i], widths[i]) : widths[i]) + (sum ? TABLE_GAP : 0);
    return sum;
}

// The column that leaves next; count: none may.
static size_t next_to_leave(const struct column_fit *fits, size_t count, const size_t *widths)
{
    size_t found = count;

    for (size_t i = 0; i < count; i++)
        if (widths[i] && fits[i].leaves && (found == count || fits[i].leaves < fits[found].leaves))
            found = i;
    return found;
}

// Whether the one becomes shorter before the other does.
static bool yields_before(const struct column_fit *one, const struct column_fit *other)
{
    return one->yields && (!other->yields || one->yields < other->yields);
}

// The column that becomes shorter next; count: none can.
static size_t next_to_yield(const struct column_fit *fits, size_t count, const size_t *widths)
{
    size_t found = count;

    for (size_t i = 0; i < count; i++)
        if (widths[i] > least_of(&fits[i], widths[i]) &&
            (found == count || yields_before(&fits[i], &fits[found])))
            found = i;
    return found;
}

void table_fit(const struct column_fit *fits, size_t count, size_t screen, size_t *widths)
{
    size_t at;

    while (total(fits, count, widths, true) > screen &&
           (at = next_to_leave(fits, count, widths)) < count)
        widths[at] = 0;
    while (total(fits, count, widths, false) > screen &&
           (at = next_to_yield(fits, count, widths)) < count) {
        size_t excess = total(fits, count, widths, false) - screen;
        size_t spare = widths[at] - least_of(&fits[at], widths[at]);

        widths[at] -= spare < excess ? spare : excess;
    }
}

void table_cut(struct slice text, enum cut cut, size_t width, struct buffer *out)
{
    static const char dots[] = "\xe2\x80\xa6"; // "…"
    size_t has = terminal_text_width(text), front, back, skipped;

    if (has <= width || cut == CUT_NOTHING || !width) {
        buffer_append(out, text.data, text.size);
        return;
    }
    back = cut == CUT_MIDDLE ? (width - 1) / 2 : 0;
    front = terminal_text_prefix(text, width - 1 - back);
    buffer_append(out, text.data, front);
    buffer_append_text(out, dots);
    skipped = terminal_text_prefix(text, has - back);
    // A wide character that straddles the cut goes, too.
    while (skipped < text.size &&
           terminal_text_width((struct slice){text.data + skipped, text.size - skipped}) > back)
        skipped +=
            terminal_text_character((struct slice){text.data + skipped, text.size - skipped});
    buffer_append(out, text.data + skipped, text.size - skipped);
}

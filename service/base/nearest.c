// SPDX-License-Identifier: Apache-2.0
#include "base/nearest.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MAX_BYTES = 128 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;

    return smaller < c ? smaller : c;
}

static size_t is_different(char a, char b)
{
    return tolower((unsigned char)a) != tolower((unsigned char)b);
}

// Levenshtein's distance, one row of the table at a time.
static size_t edit_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t row[NAME_MAX_BYTES + 1];

    for (size_t j = 0; j <= b_size; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t above = row[j];

            row[j] = least(above + 1, row[j - 1] + 1, diagonal + is_different(a[i - 1], b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_size];
}

void nearest_consider(struct nearest *best, const char *mistyped, const char *candidate)
{
    size_t mistyped_size = strlen(mistyped), size = strlen(candidate);
    size_t distance;

    if (mistyped_size > NAME_MAX_BYTES || size > NAME_MAX_BYTES)
        return;
    distance = edit_distance(mistyped, mistyped_size, candidate, size);
    if (distance * 2 <= size && (!best->name || distance < best->distance))
        *best = (struct nearest){candidate, distance};
}

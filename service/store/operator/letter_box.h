// SPDX-License-Identifier: Apache-2.0
// Some of the dead letters, to be gone through one by one and removed. Each call blocks. Those that
// come after it was opened are not meant.
#pragma once

#include "store/operator/dead_letters.h"

struct letter_box;

struct letter_choice {
    const int64_t *ids; // borrowed while it is opened; NULL: any
    size_t id_count;
    const char *topic, *reason; // the same
};

// *count: how many are chosen. RETRY or FATAL as batch_store_connect.
int letter_box_open(const char *conninfo, const struct letter_choice *choice,
                    struct letter_box **out, int64_t *count, struct err *err);
// Accepts NULL.
void letter_box_close(struct letter_box *box);
// Visits the next one, whole, in the order of ids; *found: there was one.
int letter_box_next(struct letter_box *box, const struct dead_letters_visitor *visitor, bool *found,
                    struct err *err);
// Removes those of these ids.
int letter_box_remove(struct letter_box *box, const int64_t *ids, size_t count, struct err *err);
// Puts a letter back, unless there is one of its record (*added says); its id is another then.
int letter_box_add(struct letter_box *box, const struct dead_letter *letter, int64_t created_at_us,
                   int64_t published_at_us, bool *added, struct err *err);
// Removes all that are chosen, in steps; those that the topic of dead letters has not yet only if
// unpublished says so. *removed: how many were.
int letter_box_discard(struct letter_box *box, bool unpublished, int64_t *removed, struct err *err);

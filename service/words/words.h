// SPDX-License-Identifier: Apache-2.0
// The words for states and columns: the standard's, which JSON and SQL have, and those that people
// say. Either is taken wherever one is typed, in an address and on the command line. docs/words.md
// is this table for people; vocabulary_test holds one to the other. Pure.
#pragma once

#include "base/buffer.h"

enum { WORDS_ALSO_MAX = 3 };

struct word {
    const char *standard;                 // of OGC API - Processes
    const char *shown;                    // to people
    const char *also[WORDS_ALSO_MAX + 1]; // taken as well; NULL-terminated
};

// Each ends with a word whose standard is NULL.
extern const struct word status_words[], column_words[];

// The word that is meant by any of its spellings; NULL: none.
const struct word *word_find(const struct word *words, struct slice text);
// The same in upper or lower case, for what a person types.
const struct word *word_find_in_any_case(const struct word *words, struct slice text);
// What people say for a standard's word; the text itself where it is none of ours.
struct slice word_shown(const struct word *words, struct slice standard);
// Appends what there is, as a program or a person writes it, with the other one where that differs:
// "accepted, dismissed (or cancelled)", or "accepted or cancelled (or dismissed)". Look at
// out->failed.
void words_list_for_programs(const struct word *words, struct buffer *out);
void words_list_for_people(const struct word *words, struct buffer *out);

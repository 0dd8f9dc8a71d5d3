// SPDX-License-Identifier: Apache-2.0
// The words for states, columns and filters: the standard's, which the API and JSON have, and those
// that people say. Either is taken wherever one is typed. docs/words.md is this table for people;
// vocabulary_test holds one to the other.
#pragma once

#include "base/buffer.h"
#include "base/err.h"

struct word {
    const char *standard; // of the API
    const char *shown;    // to people
    const char *also[4];  // taken as well; NULL-terminated
};

// Each ends with a word whose standard is NULL.
extern const struct word status_words[], column_words[];

// The word that is meant by any of its spellings, in either case; NULL: none.
const struct word *word_find(const struct word *words, struct slice text);
// Appends the standard's words for a list with commas between. FATAL (USAGE), which names the flag,
// says what there is and which may be meant. Look at out->failed.
int words_translate(const struct word *words, const char *flag, const char *list,
                    struct buffer *out, struct err *err);
// The same for one column with "-" (downwards) or "+" before it, or neither.
int order_translate(const char *flag, const char *text, struct buffer *out, struct err *err);
// What people say for a standard's word; the text itself where it is none of ours.
struct slice word_shown(const struct word *words, struct slice standard);

// Which flag becomes which parameter of a list. Ends with a flag that is NULL.
struct flag_parameter {
    const char *flag, *parameter;
};
extern const struct flag_parameter list_parameters[];
// "sortby" for "sort". The flag must be one of them.
const char *parameter_of_flag(const char *flag);
// "sort" for "sortby"; NULL: no flag has that parameter.
const char *flag_of_parameter(const char *parameter);

// SPDX-License-Identifier: Apache-2.0
// What is typed on the command line as the API has it: its words for states and columns, and its
// parameters.
#pragma once

#include "base/err.h"
#include "words/words.h"

// Appends the standard's words for a list with commas between. FATAL (USAGE), which names the flag,
// says what there is and which may be meant. Look at out->failed.
int words_translate(const struct word *words, const char *flag, const char *list,
                    struct buffer *out, struct err *err);
// The same for one column with "-" (downwards) or "+" before it, or neither.
int order_translate(const char *flag, const char *text, struct buffer *out, struct err *err);

// Which flag becomes which parameter of a list. Ends with a flag that is NULL.
struct flag_parameter {
    const char *flag, *parameter;
};
extern const struct flag_parameter list_parameters[];
// "sortby" for "sort". The flag must be one of them.
const char *parameter_of_flag(const char *flag);
// "sort" for "sortby"; NULL: no flag has that parameter.
const char *flag_of_parameter(const char *parameter);

// SPDX-License-Identifier: Apache-2.0
// The words of states and columns in the parameters of a list: the standard's are written, those
// that people say are read as well. tests/api/definition_test.c holds the other places that have
// them to service/words. Pure.
#pragma once

#include "base/arena.h"
#include "http/request.h"
#include "store/reader/job_reader.h"

// The state that is meant. False: none.
bool list_words_status(struct slice text, enum job_status *out) MUST_CHECK;
// "-created", "type": the column by which it sorts, and whether downwards. False: there is none.
bool list_words_sort(struct slice text, enum job_sort *out, bool *descending) MUST_CHECK;
// The value of a parameter that was read, in the standard's words: links say the same, whichever
// was used. It is borrowed from the parameter or the arena. False without memory.
bool list_words_canonical(const struct named_text *parameter, struct arena *arena,
                          struct slice *out) MUST_CHECK;

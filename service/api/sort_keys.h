// SPDX-License-Identifier: Apache-2.0
// The keys by which lists are sorted, by the names that people write: in an address, on the page
// and on the command line. tests/api/definition_test.c holds the other places that list them to
// these.
#pragma once

#include "store/reader/job_reader.h"

const char *sort_key_name(enum job_sort sort);
// False: there is none of that name.
bool sort_key_named(struct slice name, enum job_sort *out) MUST_CHECK;

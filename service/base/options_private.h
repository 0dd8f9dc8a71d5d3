// SPDX-License-Identifier: Apache-2.0
// What the sources of options share with their store. Nobody else includes this.
#pragma once

#include "base/options.h"

// Begins a source: within one, a name may be set once by options_set_once.
void options_begin_source(struct options *options);
int options_set_once(struct options *options, const char *name, const char *value,
                     const char *origin, struct err *err);

// The option of the table called that; NULL if there is none.
const struct option *options_find(const struct options_table *table, const char *name);
// The family whose prefix the name begins with (and goes on after); NULL if there is none.
const struct option_family *options_find_family(const struct options_table *table,
                                                const char *name);
// Whether a name's value must not be printed: by the table, or by a family's words.
bool options_is_secret(const struct options_table *table, const char *name);

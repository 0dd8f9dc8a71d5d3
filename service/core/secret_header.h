// SPDX-License-Identifier: Apache-2.0
// Which headers of a record go no further, into dead letters or topics: credentials, which are
// looked at once; and what claims to be of a dead letter (__connect.errors.), which only we may
// say.
#pragma once

#include "base/slice.h"

// Whether this is one, by its name or by a value that begins as one of Authorization does, or is a
// signed token. Letters' case, and blanks around it, tell nothing. What only looks like a
// credential is taken for one: a header too few costs less than a secret told.
bool header_goes_no_further(struct slice name, struct slice value);
// Whether it is the one that has a request's token: that name alone, whatever its case.
bool header_is_authorization(struct slice name);

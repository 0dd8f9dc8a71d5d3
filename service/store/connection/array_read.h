// SPDX-License-Identifier: Apache-2.0
// Reads PostgreSQL's binary form of a one-dimensional array, element by element, where it lies.
#pragma once

#include "base/attributes.h"
#include "base/slice.h"

struct array_reader {
    struct slice rest; // borrowed: the elements not read yet
    size_t count;      // of them
};

// bytes: the whole value. False if they are no such array.
bool array_read(struct slice bytes, struct array_reader *out) MUST_CHECK;
// The next element, borrowed; absent for null. False behind the last one, or where it is cut short.
bool array_read_next(struct array_reader *reader, struct slice *out) MUST_CHECK;

// SPDX-License-Identifier: Apache-2.0
// Appends a struct as bare Avro in our own schema of its layout.
#pragma once

#include "base/buffer.h"
#include "wire/layout.h"

// Without memory out->failed is set. A null text of a field that cannot be null is written empty.
void record_write(const struct layout *layout, const void *source, struct buffer *out);

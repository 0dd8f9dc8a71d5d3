// SPDX-License-Identifier: Apache-2.0
// What a value that no framing knows looks like, and which setting of its writer mends it: in
// words, for whoever reads the dead letter. A guess that decides nothing. docs/emitters.md has who
// writes what.
#pragma once

#include "wire/framing.h"

// A sentence without its point. Never NULL.
const char *value_likeness(const struct wire_record *record);
// Of what stands behind a schema's name, where it cannot be decoded; NULL: nothing special.
const char *payload_likeness(struct slice payload);

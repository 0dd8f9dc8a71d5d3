// SPDX-License-Identifier: Apache-2.0
// Fills a value of avro-c at random.
#pragma once

#include <avro.h>

#include "wire/random_schema.h"

// name: the field that holds it, or NULL; one whose name ends in _id of our UUIDs gets a UUID.
void random_value(struct dice *dice, avro_value_t *value, const char *name);

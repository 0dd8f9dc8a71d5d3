// SPDX-License-Identifier: Apache-2.0
// The options kafka.* as what kafka/ takes: properties without the prefix. A secret that was read
// from somewhere has another one behind it, NAME.file or NAME.command, by which whoever connects
// reads it again (kafka/credentials.h).
#pragma once

#include "base/arena.h"
#include "base/options.h"
#include "kafka/consumer.h"

// All but kafka.group.id, in memory. False without memory.
bool kafka_properties_copy(const struct options *options, struct arena *memory,
                           const struct kafka_property **out, size_t *count) MUST_CHECK;

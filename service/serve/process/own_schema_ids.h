// SPDX-License-Identifier: Apache-2.0
// How messages of ours name their schema: by the registry's id where a registry is configured, in
// single-object framing by the fingerprint otherwise.
#pragma once

#include "registry/registry.h"
#include "wire/event_messages.h"

// Registers count of own_schemas, from the first on, each under its full name (idempotent), and
// gives their ids; without a registry only *framing. Blocks. Errors as registry_new and
// registry_register have them.
int own_schema_ids(const struct registry_options *options, size_t first, size_t count,
                   enum framing *framing, uint32_t *ids, struct err *err);

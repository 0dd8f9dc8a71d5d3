// SPDX-License-Identifier: Apache-2.0
// Where this service finds writer schemas: the registry for ids and GUIDs, the folder for
// fingerprints, as configured.
#pragma once

#include "serve/process/config.h"
#include "wire/schema_source.h"

struct schemas;

// Whether the options about them go together: DONE, or FATAL (CONFIGURATION).
int schemas_check(const struct config *config, struct err *err);
// RETRY without memory; FATAL for an unusable registry address or folder.
int schemas_open(const struct config *config, struct schemas **out, struct err *err);
// Accepts NULL.
void schemas_close(struct schemas *schemas);
// The port for decoders, thread-safe; NULL where neither is configured.
const struct schema_source *schemas_source(const struct schemas *schemas);

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
// The ports for decoders, thread-safe; NULL where neither is configured. That for what this service
// wrote itself: a number is that of Confluent's interface, by which alone it ever wrote one, so one
// of Apicurio's content ids, whatever emitters use.
const struct schema_source *schemas_source(const struct schemas *schemas);
const struct schema_source *schemas_source_of_ours(const struct schemas *schemas);

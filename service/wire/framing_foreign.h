// SPDX-License-Identifier: Apache-2.0
// What the serializers of other registries than Confluent's put before Avro bytes, or into headers.
#pragma once

#include "wire/framing.h"

// Apicurio's: an id of 8 bytes in a header, or in the value behind a zero. True: it is such a
// record; then *rc is 0, or POISON FRAMING with err filled. out is zeros before. An id of 4 bytes
// in the value looks like Confluent's, and is left to whoever reads that.
bool framing_apicurio(const struct wire_record *record, struct framed *out, int *rc,
                      struct err *err);
// AWS Glue's: version 3, compression (none or zlib), the schema version's 16 bytes. False: it is no
// such value.
bool framing_glue(const struct wire_record *record, struct framed *out);

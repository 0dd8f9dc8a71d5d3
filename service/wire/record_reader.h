// SPDX-License-Identifier: Apache-2.0
// Reads one framed Kafka record into the struct of whichever of the cache's layouts it is.
#pragma once

#include "wire/framing.h"
#include "wire/plan_cache.h"

// target: as large as the largest of the layouts' structs. Its texts borrow from the record, or
// from the cache.
// 0 and *layout; POISON or RETRY as decoder.h lists them.
int record_read(struct plan_cache *plans, const struct wire_record *record, void *target,
                const struct layout **layout, struct err *err);

// Whether record_read refused a record because it is none of the layouts'.
bool record_is_unknown(const struct err *err);

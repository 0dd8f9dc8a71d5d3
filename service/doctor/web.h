// SPDX-License-Identifier: Apache-2.0
// One GET of the doctor's checks, with the CA that the key set is trusted by.
#pragma once

#include "base/buffer.h"
#include "doctor/check.h"

// answer and date_us, by the server's clock to the second (TIME_NONE: not told), may be NULL. RETRY
// unless it answers with status 200; FATAL for an address or a CA file that will not do.
int web_get(const struct patient *patient, const char *url, struct buffer *answer, int64_t *date_us,
            struct err *err);

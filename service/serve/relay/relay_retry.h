// SPDX-License-Identifier: Apache-2.0
// Something of the relay's that failed and is tried again later.
#pragma once

#include "serve/process/trouble.h"

struct relay_retry {
    unsigned failures; // in a row
    int64_t at_us, complain_at_us;
    struct trouble trouble;
};

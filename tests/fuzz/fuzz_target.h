// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry, and an assertion that every build keeps.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}
#define MUST(condition) must((condition), #condition)

// SPDX-License-Identifier: Apache-2.0
#include "property/environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t number_from_environment(const char *name, uint64_t usually)
{
    const char *text = getenv(name);
    char *end;
    uint64_t number;

    if (!text)
        return usually;
    errno = 0;
    number = strtoull(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-') {
        fprintf(stderr, "%s is not a number: %s\n", name, text);
        exit(2);
    }
    return number;
}

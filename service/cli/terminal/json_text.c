// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/json_text.h"

#include <stdlib.h>

#include "json/parse.h"

char *json_text(const json_t *json, size_t flags)
{
    char *text;

    json_memory_watch();
    text = json_dumps(json, flags);
    if (!json_memory_ran_out())
        return text;
    free(text);
    return NULL;
}

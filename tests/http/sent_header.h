// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string.h>
#include <strings.h>

#include "http/response.h"

// The value of a header of an answer; NULL if it is not there.
static inline const char *sent_header(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (!strcasecmp(response->headers[i].name.data, name))
            return response->headers[i].value.data;
    return NULL;
}

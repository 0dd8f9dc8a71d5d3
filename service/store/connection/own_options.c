// SPDX-License-Identifier: Apache-2.0
#include "store/connection/own_options.h"

#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    return strdup(text ? text : "");
}

bool own_options(struct store_options *own, const struct store_options *options)
{
    *own = *options;
    own->conninfo = copy(options->conninfo);
    own->application_name = copy(options->application_name);
    own->owner = copy(options->owner);
    return own->conninfo && own->application_name && own->owner;
}

void own_options_free(struct store_options *own)
{
    free((char *)own->conninfo);
    free((char *)own->application_name);
    free((char *)own->owner);
}

// SPDX-License-Identifier: Apache-2.0
#include "store/connection/connection_options.h"

#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    return strdup(text ? text : "");
}

bool connection_options_copy(struct connection_options *own,
                             const struct connection_options *options)
{
    *own = *options;
    own->conninfo = copy(options->conninfo);
    own->application_name = copy(options->application_name);
    own->owner = copy(options->owner);
    return own->conninfo && own->application_name && own->owner;
}

void connection_options_free(struct connection_options *own)
{
    free((char *)own->conninfo);
    free((char *)own->application_name);
    free((char *)own->owner);
}

// SPDX-License-Identifier: Apache-2.0
#include "store/connection/connection_options.h"

#include <stdlib.h>
#include <string.h>

#include "store/connection/errors.h"

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

const char *connection_failure_message(const struct err *err)
{
    static const char *const unreachable[] = {ERROR_NOT_CONNECTED, ERROR_CONNECTION_LOST,
                                              ERROR_CONNECT_TIMEOUT, "SERVER_SILENT"};

    for (size_t i = 0; i < sizeof unreachable / sizeof *unreachable; i++)
        if (!strcmp(err->reason, unreachable[i]))
            return "PostgreSQL cannot be reached";
    if (err->disposition == FATAL)
        return "PostgreSQL does not fit, or is set up otherwise than it must be";
    return "PostgreSQL cannot be used yet";
}

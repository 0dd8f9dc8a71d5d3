// SPDX-License-Identifier: Apache-2.0
#include "core/secret_header.h"

#include <strings.h>

bool header_is_secret(struct slice name)
{
    static const struct slice secret = SLICE_LITERAL("authorization");

    return name.size == secret.size && !strncasecmp(name.data, secret.data, secret.size);
}

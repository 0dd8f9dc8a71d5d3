// SPDX-License-Identifier: Apache-2.0
#include "base/fault.h"

#ifdef JOBTRAIL_FAULTS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

void fault_point(const char *name)
{
    static _Atomic long passes;
    const char *wanted = getenv("FAULT_POINT");
    size_t length = strlen(name);

    if (!wanted || strncmp(wanted, name, length) || wanted[length] != ':')
        return;
    if (++passes >= strtol(wanted + length + 1, NULL, 10))
        raise(SIGKILL);
}

#endif

// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

int err_set(struct err *err, enum disposition disposition, const char *reason, const char *format,
            ...)
{
    va_list arguments;

    err->disposition = disposition;
    err->reason = reason;
    va_start(arguments, format);
    vsnprintf(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    return (int)disposition;
}

const char *disposition_name(enum disposition disposition)
{
    static const char *const names[] = {"done", "retry", "poison", "fenced", "fatal"};

    return names[disposition];
}

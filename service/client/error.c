// SPDX-License-Identifier: Apache-2.0
#include "client/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/version.h"

int error_tell(struct jobtrail_error *out, int code, const char *reason, const char *format, ...)
{
    va_list arguments;

    if (!out)
        return code;
    out->code = code;
    snprintf(out->reason, sizeof out->reason, "%s", reason);
    va_start(arguments, format);
    vsnprintf(out->text, sizeof out->text, format, arguments);
    va_end(arguments);
    return code;
}

int error_pass(struct jobtrail_error *out, int code, const struct err *err)
{
    if (!strcmp(err->reason, "OUT_OF_MEMORY"))
        code = JOBTRAIL_NO_MEMORY;
    return error_tell(out, code, err->reason, "%.*s", (int)sizeof out->text - 1, err->text);
}

int error_no_memory(struct jobtrail_error *out)
{
    return error_tell(out, JOBTRAIL_NO_MEMORY, "OUT_OF_MEMORY", "out of memory");
}

const char *jobtrail_version(void)
{
    return program_version;
}

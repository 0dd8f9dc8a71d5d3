// SPDX-License-Identifier: Apache-2.0
#include "client/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/version.h"

static int fill(struct jobtrail_error *out, int code, const char *reason, const char *text)
{
    if (out) {
        out->code = code;
        snprintf(out->reason, sizeof out->reason, "%s", reason);
        snprintf(out->text, sizeof out->text, "%s", text);
    }
    return code;
}

int error_tell(struct jobtrail_error *out, int code, const char *reason, const char *format, ...)
{
    char text[sizeof out->text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return fill(out, code, reason, text);
}

int error_pass(struct jobtrail_error *out, int code, const struct err *err)
{
    char text[sizeof out->text]; // shorter than theirs

    snprintf(text, sizeof text, "%.*s", (int)sizeof text - 1, err->text);
    if (!strcmp(err->reason, "OUT_OF_MEMORY"))
        code = JOBTRAIL_NO_MEMORY;
    return fill(out, code, err->reason, text);
}

int error_no_memory(struct jobtrail_error *out)
{
    return fill(out, JOBTRAIL_NO_MEMORY, "OUT_OF_MEMORY", "out of memory");
}

const char *jobtrail_version(void)
{
    return program_version;
}

// SPDX-License-Identifier: Apache-2.0
// Jobtrail with a fault: whatever PostgreSQL refuses of an event's values is checked before it gets
// there, so that a test of what follows needs a process which lets one through. Here a message that
// says "refuse me" is no UTF-8 by the time that its row is sent.
#define _GNU_SOURCE // memmem
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS_MAX = 64 };

static const char let_through[] = "refuse me";

int __real_PQsendQueryPrepared(PGconn *connection, const char *name, int count,
                               const char *const *values, const int *lengths, const int *formats,
                               int result_format);
int __wrap_PQsendQueryPrepared(PGconn *connection, const char *name, int count,
                               const char *const *values, const int *lengths, const int *formats,
                               int result_format);

// Malloc'ed.
static char *spoilt(const char *value, size_t size)
{
    char *copy = malloc(size + 1);

    if (!copy)
        abort();
    memcpy(copy, value, size);
    for (char *at = copy;
         (at = memmem(at, size - (size_t)(at - copy), let_through, sizeof let_through - 1));)
        *at = '\xff';
    return copy;
}

int __wrap_PQsendQueryPrepared(PGconn *connection, const char *name, int count,
                               const char *const *values, const int *lengths, const int *formats,
                               int result_format)
{
    char *copies[PARAMETERS_MAX] = {NULL};
    int rc;

    if ((strcmp(name, "rows_insert") != 0 && strcmp(name, "rows_update") != 0) ||
        count > PARAMETERS_MAX)
        return __real_PQsendQueryPrepared(connection, name, count, values, lengths, formats,
                                          result_format);
    for (int i = 0; i < count; i++)
        copies[i] = values[i] ? spoilt(values[i], (size_t)lengths[i]) : NULL;
    rc = __real_PQsendQueryPrepared(connection, name, count, (const char *const *)copies, lengths,
                                    formats, result_format);
    for (int i = 0; i < count; i++)
        free(copies[i]);
    return rc;
}

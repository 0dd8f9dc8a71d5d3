// SPDX-License-Identifier: Apache-2.0
// The fingerprints are written down, so that naming a schema needs no parsing and can never fail.
// A test computes them anew: it fails when a schema changes, which must never happen by accident.
#include "wire/schemas.h"

#include <pthread.h>

#include "embedded_avro.h"

#define OWN(record, its_fingerprint)                                                               \
    {                                                                                              \
        .name = (record), .full_name = OWN_NAMESPACE "." record, .fingerprint = (its_fingerprint)  \
    }

// Only json is filled in later, once: an embedded file's address is no constant of C.
static struct own_schema schemas[OWN_SCHEMAS] = {
    [JOB_CREATED] = OWN("JobCreated", 0x63ee2a43e0bab258),
    [JOB_STARTED] = OWN("JobStarted", 0x524b9784c19d7e1e),
    [JOB_PROGRESSED] = OWN("JobProgressed", 0xb312f91434557572),
    [JOB_SUCCEEDED] = OWN("JobSucceeded", 0xfb8095ead3416fc3),
    [JOB_FAILED] = OWN("JobFailed", 0xd10a50f0136edecc),
    [JOB_CANCELLED] = OWN("JobCancelled", 0x07718cc628601c3e),
    [EVENT_KINDS] = OWN("CancelRequested", 0x12812ae3c3c51e08),
    [EVENT_KINDS + 1] = OWN("CancelJob", 0x28804166ae8b5cea),
    [EVENT_KINDS + 2] = OWN("CancelDecided", 0x1df78d14e3f25aac),
};

static void fill(void)
{
    for (size_t i = 0; i < OWN_SCHEMAS; i++)
        for (size_t j = 0; j < embedded_avro_count; j++) {
            const char *file = embedded_avro[j].name;
            size_t length = strlen(schemas[i].name);

            if (!strncmp(file, schemas[i].name, length) && !strcmp(file + length, ".avsc"))
                schemas[i].json = embedded_slice(&embedded_avro[j]);
        }
}

const struct own_schema *own_schemas(size_t *count)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fill);
    *count = OWN_SCHEMAS;
    return schemas;
}

const struct own_schema *own_schema_find(const char *name)
{
    size_t count;
    const struct own_schema *all = own_schemas(&count);

    for (size_t i = 0; i < count; i++)
        if (!strcmp(all[i].name, name))
            return &all[i];
    return NULL;
}

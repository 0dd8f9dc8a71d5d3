// SPDX-License-Identifier: Apache-2.0
// The fingerprints are written down, so that naming a schema needs no parsing and can never fail.
// A test computes them anew: it fails when a schema changes, which must never happen by accident.
#include "wire/schemas.h"

#include <pthread.h>

#include "embedded_avro.h"

#define OWN(record, ...)                                                                           \
    {                                                                                              \
        .name = (record), .full_name = OWN_NAMESPACE "." record, .fingerprints = { __VA_ARGS__ }   \
    }

// Only json is filled in later, once: an embedded file's address is no constant of C.
static struct own_schema schemas[OWN_SCHEMAS] = {
    [JOB_CREATED] = OWN("JobCreated", 0x63ee2a43e0bab258, 0xb787107d8797fd6e, 0xe1ad42a588b8db29,
                        0xac996fb55e247696),
    [JOB_STARTED] = OWN("JobStarted", 0x524b9784c19d7e1e, 0xb2ff7006e2609a21, 0x10df21dd120bebc1,
                        0x51e3d7da08091760),
    [JOB_PROGRESSED] = OWN("JobProgressed", 0xb312f91434557572, 0xdbaf5890ff76fee7,
                           0xcb2820be2bf6921f, 0xbc73ad0f4f9356ed),
    [JOB_SUCCEEDED] = OWN("JobSucceeded", 0xfb8095ead3416fc3, 0x71233b110cb8093f,
                          0x8394c2e21dafbacb, 0x97ef4d9a8fc2a261),
    [JOB_FAILED] = OWN("JobFailed", 0xd10a50f0136edecc, 0x6c0fbe7d3b940c09, 0x507d9a53d8f19365,
                       0xc1ebfdd94d0a9345),
    [JOB_CANCELLED] = OWN("JobCancelled", 0x07718cc628601c3e, 0xf23f1febe75dbe5a,
                          0xffd3728bee73c11e, 0x734aee8adadbf595),
    [EVENT_KINDS] = OWN("CancelRequested", 0x12812ae3c3c51e08, 0x1282a6a2d453950d,
                        0x4a3604f0a51d6e60, 0x3ef9aca2914564fa),
    [EVENT_KINDS + 1] = OWN("CancelJob", 0x28804166ae8b5cea, 0x0f87b52148495a3b, 0x388d78ac144dbe9a,
                            0xa23a3e6b6d51ed6a),
    [EVENT_KINDS + 2] = OWN("CancelDecided", 0x1df78d14e3f25aac, 0x9d501c249f3c1eb4,
                            0xfb148e019c127546, 0xedfa6a89f0dc4724),
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

const struct own_schema *own_schema_by_fingerprint(uint64_t fingerprint)
{
    size_t count;
    const struct own_schema *all = own_schemas(&count);

    for (size_t form = 0; form < CANONICAL_FORMS; form++)
        for (size_t i = 0; i < count; i++)
            if (all[i].fingerprints[form] == fingerprint)
                return &all[i];
    return NULL;
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

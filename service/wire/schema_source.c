// SPDX-License-Identifier: Apache-2.0
#include "wire/schema_source.h"

#include <byteswap.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/uuid.h"

void schema_name_key(const struct schema_name *name, unsigned char key[SCHEMA_NAME_KEY_BYTES])
{
    memset(key, 0, SCHEMA_NAME_KEY_BYTES);
    key[0] = (unsigned char)(name->kind + 1);
    if (name->kind == SCHEMA_BY_ID)
        memcpy(key + 1, &name->id, sizeof name->id);
    else if (name->kind == SCHEMA_BY_GUID)
        memcpy(key + 1, name->guid, sizeof name->guid);
    else
        memcpy(key + 1, &name->fingerprint, sizeof name->fingerprint);
}

void schema_name_text(const struct schema_name *name, char out[SCHEMA_NAME_TEXT_SIZE])
{
    char guid[UUID_TEXT_SIZE];
    struct uuid uuid;

    if (name->kind == SCHEMA_BY_ID) {
        snprintf(out, SCHEMA_NAME_TEXT_SIZE, "id %" PRIu32, name->id);
    } else if (name->kind == SCHEMA_BY_GUID) {
        memcpy(uuid.bytes, name->guid, sizeof uuid.bytes);
        uuid_format(&uuid, guid);
        snprintf(out, SCHEMA_NAME_TEXT_SIZE, "GUID %s", guid);
    } else {
        snprintf(out, SCHEMA_NAME_TEXT_SIZE, "fingerprint %016" PRIx64 ", in the value %016" PRIx64,
                 name->fingerprint, bswap_64(name->fingerprint));
    }
}

int schema_no_hope(struct err *err, const char *format, ...)
{
    char text[sizeof err->text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return err_set(err, POISON, "SCHEMA_UNKNOWN", "%s", text);
}

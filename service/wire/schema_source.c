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
    if (schema_name_is_number(name))
        memcpy(key + 1, &name->id, sizeof name->id);
    else if (name->kind == SCHEMA_BY_FINGERPRINT)
        memcpy(key + 1, &name->fingerprint, sizeof name->fingerprint);
    else
        memcpy(key + 1, name->guid, sizeof name->guid);
}

static const char *word_of(enum schema_name_kind kind)
{
    switch (kind) {
    case SCHEMA_BY_GLOBAL_ID:
        return "global id";
    case SCHEMA_BY_CONTENT_ID:
        return "content id";
    default:
        return "id";
    }
}

void schema_name_text(const struct schema_name *name, char out[SCHEMA_NAME_TEXT_SIZE])
{
    char guid[UUID_TEXT_SIZE];
    struct uuid uuid;

    if (schema_name_is_number(name)) {
        snprintf(out, SCHEMA_NAME_TEXT_SIZE, "%s %" PRIu32, word_of(name->kind), name->id);
    } else if (name->kind != SCHEMA_BY_FINGERPRINT) {
        memcpy(uuid.bytes, name->guid, sizeof uuid.bytes);
        uuid_format(&uuid, guid);
        snprintf(out, SCHEMA_NAME_TEXT_SIZE,
                 name->kind == SCHEMA_BY_GUID ? "GUID %s" : "schema version %s", guid);
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

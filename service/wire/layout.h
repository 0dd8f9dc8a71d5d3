// SPDX-License-Identifier: Apache-2.0
// How the records of schemas/avro lie in C structs: one row a field, in the schema's own order.
// Reading compiles a writer's schema against it (plan.h); writing walks it (record_writer.c). A
// test holds each layout against its schema.
#pragma once

#include "core/event.h"
#include "wire/schemas.h"

enum layout_type {
    LAYOUT_TEXT,    // struct slice; null: absent
    LAYOUT_UUID,    // struct uuid; null: the bool at flag_offset is false
    LAYOUT_INT,     // int32_t
    LAYOUT_TIME_US, // int64_t
    LAYOUT_BOOL,    // bool
    LAYOUT_ENUM,    // int32_t: the symbol's place in our schema
};

struct layout_field {
    const char *name;
    enum layout_type type;
    bool nullable;      // ["null", type], text or uuid only
    size_t offset;      // in the struct
    size_t flag_offset; // of a nullable uuid's bool
};

struct layout {
    const char *record; // name without namespace
    const struct layout_field *fields;
    size_t field_count;
    size_t struct_bytes;
};

enum { LAYOUT_MAX_FIELDS = 16, LAYOUT_MAX_STRUCT_BYTES = 512 };

// struct event, by enum event_kind.
extern const struct layout event_layouts[EVENT_KINDS];
// The structs of cancel_messages.h, by enum cancel_message_kind.
enum { CANCEL_LAYOUTS = OWN_SCHEMAS - EVENT_KINDS };
extern const struct layout cancel_layouts[CANCEL_LAYOUTS];

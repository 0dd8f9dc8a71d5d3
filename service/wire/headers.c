// SPDX-License-Identifier: Apache-2.0
#include "wire/headers.h"

const struct record_header *header_find(const struct record_header *headers, size_t count,
                                        const char *name)
{
    size_t size = strlen(name);

    while (count--)
        if (headers[count].name.size == size && !memcmp(headers[count].name.data, name, size))
            return &headers[count];
    return NULL;
}

void cloud_event_make(struct cloud_event *out, const struct uuid *id, int64_t time_us,
                      struct slice source, struct slice type, struct slice subject)
{
    uuid_format(id, out->id);
    time_format_us(time_us, out->time);
    out->headers[0] = (struct record_header){SLICE_LITERAL("ce_specversion"), SLICE_LITERAL("1.0")};
    out->headers[1] = (struct record_header){SLICE_LITERAL("ce_id"), slice_of(out->id)};
    out->headers[2] = (struct record_header){SLICE_LITERAL("ce_source"), source};
    out->headers[3] = (struct record_header){SLICE_LITERAL("ce_type"), type};
    out->headers[4] = (struct record_header){SLICE_LITERAL("ce_time"), slice_of(out->time)};
    out->headers[5] = (struct record_header){SLICE_LITERAL("ce_subject"), subject};
    out->headers[6] =
        (struct record_header){SLICE_LITERAL("content-type"), SLICE_LITERAL("application/avro")};
}

// SPDX-License-Identifier: Apache-2.0
#include "client/event_ids.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/random.h"

// 6f0c7f7e-6b0e-4f0e-9d55-8f0f3c1f5a11: any would do, as long as it stays.
static const struct uuid space = {{0x6f, 0x0c, 0x7f, 0x7e, 0x6b, 0x0e, 0x4f, 0x0e, 0x9d, 0x55, 0x8f,
                                   0x0f, 0x3c, 0x1f, 0x5a, 0x11}};

struct uuid random_ids_next(struct random_ids *ids)
{
    if (!ids->left) {
        random_bytes(ids->bytes, sizeof ids->bytes);
        ids->left = RANDOM_IDS;
    }
    return uuid_from_random(ids->bytes[--ids->left]);
}

// Its length before each part: no two lists of parts make one name.
static void append(struct buffer *name, struct slice part)
{
    buffer_append_format(name, "%zu:", part.size);
    buffer_append(name, part.data, part.size);
}

static void append_number(struct buffer *name, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    append(name, slice_of(text));
}

bool derived_id(struct slice source, const struct event *event, uint64_t number, struct uuid *out)
{
    struct buffer name;
    bool done;

    buffer_init(&name);
    append(&name, source);
    append(&name, event->organization_id);
    append(&name, event->job_id);
    append_number(&name, (uint64_t)event->attempt);
    append(&name, slice_of(event_kind_name(event->kind)));
    append_number(&name, number);
    done = !name.failed && uuid_from_name(&space, buffer_slice(&name), out);
    buffer_free(&name);
    return done;
}

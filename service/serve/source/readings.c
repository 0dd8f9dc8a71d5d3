// SPDX-License-Identifier: Apache-2.0
#include "serve/source/readings.h"

#include <stdlib.h>

int readings_init(struct readings *readings, size_t item_bytes,
                  void (*init)(void *self, struct reading *reading), void *self, struct err *err)
{
    atomic_init(&readings->count, 0);
    readings->item_bytes = item_bytes;
    readings->init = init;
    readings->self = self;
    readings->items = calloc(READINGS_MAX, sizeof *readings->items);
    return readings->items ? DONE : err_no_memory(err);
}

void readings_free(struct readings *readings)
{
    for (size_t i = 0; readings->items && i < readings->count; i++)
        free(readings->items[i]);
    free(readings->items);
    readings->items = NULL;
}

struct reading *readings_find(const struct readings *readings, const struct source *source)
{
    size_t count = readings->count;

    for (size_t i = 0; i < count; i++) {
        const struct source *found = &readings->items[i]->source;

        if (found->partition == source->partition && slice_equal(found->topic, source->topic))
            return readings->items[i];
    }
    return NULL;
}

int64_t readings_given_at_us(const struct readings *readings)
{
    size_t count = readings->count;
    int64_t last_us = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t given_at_us = readings->items[i]->given_at_us;

        if (given_at_us > last_us)
            last_us = given_at_us;
    }
    return last_us;
}

static struct reading *make(const struct readings *readings, const struct source *source)
{
    struct reading *reading = calloc(1, readings->item_bytes + source->topic.size + 1);
    char *topic;

    if (!reading)
        return NULL;
    topic = (char *)reading + readings->item_bytes;
    memcpy(topic, source->topic.data, source->topic.size);
    reading->source = (struct source){{topic, source->topic.size}, source->partition};
    reading->place = readings->count;
    reading->reached_end = -1;
    if (readings->init)
        readings->init(readings->self, reading);
    return reading;
}

int readings_get(struct readings *readings, const struct source *source, struct reading **out,
                 struct err *err)
{
    *out = readings_find(readings, source);
    if (*out)
        return DONE;
    if (readings->count == READINGS_MAX)
        return err_set(err, FATAL, "TOO_MANY_PARTITIONS",
                       "one process serves at most %d partitions; start more processes",
                       READINGS_MAX);
    *out = make(readings, source);
    if (!*out)
        return err_no_memory(err);
    readings->items[readings->count] = *out;
    readings->count++; // published behind the item
    return DONE;
}

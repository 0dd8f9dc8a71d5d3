// SPDX-License-Identifier: Apache-2.0
#include "serve/source/consumer_port.h"

static int start(void *self, const struct source *source, int64_t offset, struct err *err)
{
    return consumer_start(self, source, offset, err);
}

static int stop(void *self, const struct source *source, struct err *err)
{
    return consumer_stop(self, source, err);
}

static int pause_one(void *self, const struct source *source, struct err *err)
{
    return consumer_pause(self, source, err);
}

static int resume(void *self, const struct source *source, struct err *err)
{
    return consumer_resume(self, source, err);
}

struct consumer_port consumer_port(struct consumer *consumer)
{
    return (struct consumer_port){
        .self = consumer,
        .start = start,
        .stop = stop,
        .pause = pause_one,
        .resume = resume,
    };
}

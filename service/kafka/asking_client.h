// SPDX-License-Identifier: Apache-2.0
// A client of librdkafka's that only asks: it has no group, fetches nothing and sends nothing.
//
// librdkafka 2.0.2 puts a question about topics to the broker that it used last, as long as its
// connection stands: once that is one which hangs, it is asked again and again, until a question
// has been waiting there for socket.timeout.ms, which is a minute by default. A client that fetches
// or sends needs that minute, for what is large on a slow link; one that only asks does not, and
// has ASKING_TIMEOUT_MS: so a broker that hangs costs that, and the next is asked.
#pragma once

#include <librdkafka/rdkafka.h>

#include "kafka/consumer.h"

// Longer than any question of ours waits, since signing in has to be done within it, too.
enum { ASKING_TIMEOUT_MS = 3000 };

struct asking_client_options {
    const struct kafka_property *properties; // the user's
    size_t property_count;
    const struct kafka_property *ours; // over those; ends with a name of NULL. NULL: none
    // What librdkafka has to tell goes there; from any thread the first, the second from
    // rd_kafka_poll, which the owner calls now and then.
    void *self; // of rd_kafka_opaque, and the last argument of hear_error
    void (*hear_log)(const rd_kafka_t *rk, int level, const char *facility, const char *text);
    void (*hear_error)(rd_kafka_t *rk, int code, const char *text, void *self);
};

// Asks nobody yet. Errors as consumer_new.
int asking_client_new(const struct asking_client_options *options, rd_kafka_t **out,
                      struct err *err);
// Ends a client that has asked for long; one that may be stuck is left as it is. Accepts NULL.
void asking_client_free(rd_kafka_t *rk);
// Whether this librdkafka (2.5 to 2.9) may never again tell a client the ends of a topic's logs,
// when the topic was made again. Questions for them then run out of time, and another client is
// answered.
bool asking_client_may_be_stuck(void);

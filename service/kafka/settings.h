// SPDX-License-Identifier: Apache-2.0
// From the user's kafka.* properties to a configuration of librdkafka in which the settings that
// correctness rests on are ours. Also the two things that both kinds of client do alike: log lines
// go to base/log.h, and errors become struct err.
#pragma once

#include <librdkafka/rdkafka.h>

#include "kafka/consumer.h"
#include "kafka/rights.h"

enum client_kind { CLIENT_CONSUMER = 1, CLIENT_PRODUCER = 2 };

// The user's properties over our defaults, under what must not change. NULL with err filled:
// FATAL BAD_PROPERTY (unknown, refused, or against ours; it is named), RETRY without memory.
rd_kafka_conf_t *settings_new(enum client_kind kind, const struct kafka_property *properties,
                              size_t count, struct err *err);
// The client of such a conf, which it takes in any case. Properties as given to settings_new: what
// of them is renewed while it lives, kafka/credentials.h says. FATAL BAD_PROPERTY, RETRY.
int settings_client(enum client_kind kind, rd_kafka_conf_t *conf,
                    const struct kafka_property *properties, size_t count, rd_kafka_t **out,
                    struct err *err);
// Sets one property. FATAL BAD_PROPERTY naming it. The value itself is never shown.
int settings_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err);

// What a failure told by librdkafka means. text may be NULL.
int kafka_error(struct err *err, rd_kafka_resp_err_t code, const char *text);
// The same of what was asked of a topic; which right it takes is told where that is what lacks.
int kafka_topic_error(struct err *err, rd_kafka_resp_err_t code, enum right right,
                      const char *topic, const char *text);
// FATAL with what librdkafka's fatal error says, or 0 if there is none.
int kafka_fatal(rd_kafka_t *rk, struct err *err);
// Whether an error of the whole client is worth telling (a single lost connection is not).
bool kafka_is_trouble(rd_kafka_resp_err_t code);

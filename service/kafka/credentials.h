// SPDX-License-Identifier: Apache-2.0
// Passwords and tokens that are kept in a file or told by a command, and change while we run.
// Properties that are ours, not librdkafka's, say where:
//
//     sasl.password.file, .command            besides sasl.password, with which we begin
//     sasl.oauthbearer.token, .file, .command  a token that librdkafka does not get by itself
//
// A client with one of them has a thread that reads the secret again when its file has changed,
// when a broker refused it, and a token when four fifths of its life are over; a command at most
// every RENEW_GAP_US. What can be read then serves the next connection; what cannot is logged, and
// the secret before is used.
#pragma once

#include <librdkafka/rdkafka.h>

#include "kafka/consumer.h"

enum { RENEW_GAP_US = 10 * 1000 * 1000 };

struct credentials;

// Whether a property is one of these.
bool credentials_own(const char *name);
// FATAL BAD_PROPERTY for a token where librdkafka shall get one itself.
int credentials_check(const struct kafka_property *properties, size_t count, struct err *err);
// NULL in *out where there is nothing to renew. Strings are copied. RETRY.
int credentials_new(const struct kafka_property *properties, size_t count, struct credentials **out,
                    struct err *err);
// Of those that were not started. Accepts NULL.
void credentials_free(struct credentials *credentials);
// For one client to be made of conf. Accepts NULL.
void credentials_attach(struct credentials *credentials, rd_kafka_conf_t *conf);
// To be called with that client, whose they are from now on: they end with it. RETRY: there is no
// thread. What the caller's thread logs to must live as long. Accepts NULL.
int credentials_start(struct credentials *credentials, rd_kafka_t *rk, struct err *err);

// SPDX-License-Identifier: Apache-2.0
// Units that the table of options counts in, and the words of its choices, each list in the order
// of the enum that config.c makes of it. For option_table.c alone.
#pragma once

#include "base/options.h"

enum {
    SECONDS = 1000,
    MINUTES = 60 * SECONDS,
    HOURS = 60 * MINUTES,
    DAYS = 24 * HOURS,
    KIB = 1024,
    MIB = 1024 * KIB,
    TOPIC_NAME_MAX = 249, // Kafka's own limit
    CLAIM_POINTER_MAX = 512,
};

static const char *const unknown_events[] = {"dead-letter", "ignore", NULL};
static const char *const authentications[] = {"none", "token", "topic-acl", NULL};
static const char *const registry_kinds[] = {"confluent", "apicurio", "glue", NULL};
static const char *const use_ids[] = {"agreeing", "contentId", "globalId", NULL};
static const char *const log_formats[] = {"logfmt", "json", NULL};
static const char *const redirects[] = {"organization", "shared", NULL};
static const char *const open_http[] = {"refuse", "allow", NULL};
static const char *const log_levels[] = {"debug", "info", "warn", "error", NULL};

// Options whose names are others', by what they begin with.
static const char *const kafka_secrets[] = {
    "password", "secret", "key.pem", "oauthbearer.config", "oauthbearer.token", NULL};
static const char *const postgres_secrets[] = {"password", NULL};

static const struct option_family families[] = {
    {.prefix = "kafka.",
     .environment_dot = '.',
     .secret_words = kafka_secrets,
     .prose = "Any other property of librdkafka, as it is: kafka.security.protocol, "
              "kafka.sasl.mechanism, ... Ours is kafka.sasl.oauthbearer.token, a token of yours."},
    {.prefix = "postgres.",
     .environment_dot = '_',
     .secret_words = postgres_secrets,
     .prose = "Any parameter of libpq, as it is; it wins over the same one in "
              "postgres.conninfo: postgres.host, postgres.sslmode, ..."},
};

// SPDX-License-Identifier: Apache-2.0
// Units that the table of options counts in, and the words of its choices, each list in the order
// of the enum that config.c makes of it. For option_table.c alone.
#pragma once

#include <stddef.h>

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

// SPDX-License-Identifier: Apache-2.0
// The configuration as the program uses it: typed, complete, and constant after config_load.
#pragma once

#include "auth/identity.h"
#include "base/log.h"
#include "base/networks.h"
#include "base/option_value.h"
#include "base/options.h"
#include "core/gate.h"
#include "kafka/consumer.h"
#include "page/page_files.h"
#include "registry/registry.h"
#include "serve/process/retention_option.h"
#include "view/share.h"
#include "view/silence.h"

// The HTTP API.
struct http_config {
    bool is_wanted; // http.listen is set
    struct listen_address listen;
    unsigned connections, connections_per_address;
    struct networks trusted_proxies;
    struct share_limits streams;
    struct share_limits answers; // bytes
    size_t readers;
    const char *read_conninfo;       // of the replica that is read; NULL: the primary
    uint32_t rate, cancel_rate;      // requests a second
    const char *base_url;            // "": none
    const char *const *cors_origins; // NULL-terminated, may be empty
    struct silence_rules silence;
    int64_t wait_for_us;
};

// The operators' listener.
struct operator_config {
    bool is_wanted; // operator.listen is set
    struct listen_address listen;
    const char *credentials; // a file; never NULL where it is wanted
};

// How tokens are verified. All NULL but the claims and request_audience: not configured.
struct auth_config {
    const char *issuer, *audience;
    struct key_set_options keys;   // source.location NULL: not configured
    const char *request_audience;  // of a token that comes with a cancel request over Kafka
    struct identity_claims claims; // valid JSON pointers
};

// All strings are the config's own.
struct config {
    const char *instance; // who this process is: log lines, source_position.owner

    const char *postgres_conninfo; // postgres.conninfo with all postgres.* in it
    int connect_timeout_ms, statement_timeout_ms, transaction_timeout_ms;

    const struct kafka_property *kafka; // every kafka.* but group.id; bootstrap.servers too
    size_t kafka_count;
    const char *bootstrap_servers; // NULL: not configured
    const char *group_id;
    const char *const *event_topics; // NULL-terminated, at least one
    const char *cancel_request_topic, *command_topic, *decision_topic, *dead_letter_topic;

    // The cancel gate.
    enum cancel_authentication {
        CANCEL_AUTHENTICATION_NONE, // not chosen: the gate does not start
        CANCEL_AUTHENTICATION_TOKEN,
        CANCEL_AUTHENTICATION_TOPIC_ACL,
    } cancel_authentication;
    struct gate_rules gate_rules;

    bool ignore_unknown_events;
    const char *const *event_namespaces; // NULL-terminated, may be empty
    const char *schema_directory;        // NULL: none
    struct registry_options registry;    // url NULL: no registry

    struct auth_config auth;
    struct keepings retention;

    int64_t dead_letters_patience_ms;
    size_t workers; // never 0
    size_t batch_max_events;
    size_t cache_bytes, queue_bytes; // each worker's

    struct http_config http;
    struct page_options page;
    struct listen_address admin_listen;
    struct operator_config operators;
    enum log_format log_format;
    enum log_level log_level;
};

// From options that were read from all their sources. FATAL with reason CONFIGURATION (also for
// parameters that libpq does not know), or RETRY without memory; *out is then untouched.
int config_load(const struct options *options, struct config **out, struct err *err);
void config_free(struct config *config);

// FATAL unless it was chosen how cancel requests over Kafka are authenticated.
int config_require_authentication(const struct config *config, struct err *err);
// FATAL, naming what is missing, unless the HTTP API can say where it listens and whose tokens it
// takes.
int config_require_http(const struct config *config, struct err *err);
// FATAL unless brokers are configured.
int config_require_kafka(const struct config *config, struct err *err);
// FATAL unless all that verifying tokens needs is configured: issuer, keys and, if for_http,
// audience.
int config_require_auth(const struct config *config, bool for_http, struct err *err);

// SPDX-License-Identifier: Apache-2.0
#include "serve/process/meters.h"

#include <stdio.h>

#include "api/routes.h"
#include "base/version.h"
#include "core/cancel.h"
#include "core/event.h"
#include "core/poison.h"
#include "store/ledger/outbox.h"
#include "store/projection/batch_store.h"
#include "store/retention/retention.h"
#include "view/visit.h"

// The labels' values are the names of the enums that they stand for, where these are declared.
static const char *event_kind_label(size_t place)
{
    return place < EVENT_KINDS ? event_kind_name((enum event_kind)place) : "unknown";
}

static const char *event_outcome_label(size_t place)
{
    static const char *const names[EVENT_OUTCOMES] = {
        [EVENT_CHANGED] = "changed",
        [EVENT_UNCHANGED] = "unchanged",
        [EVENT_IGNORED] = "ignored",
        [EVENT_DEAD_LETTER] = "dead_letter",
    };

    return names[place];
}

static const char *batch_outcome_label(size_t place)
{
    static const char *const names[BATCH_OUTCOMES] = {
        [BATCH_COMMITTED] = "committed",
        [BATCH_RETRIED] = "retried",
        [BATCH_FENCED] = "fenced",
        [BATCH_SPLIT] = "split",
    };

    return names[place];
}

static const char *rebalance_label(size_t place)
{
    static const char *const names[REBALANCE_KINDS] = {
        [REBALANCE_TAKEN] = "taken",
        [REBALANCE_REVOKED] = "revoked",
        [REBALANCE_LOST] = "lost",
    };

    return names[place];
}

const char *partition_role_name(enum partition_role role)
{
    static const char *const names[PARTITION_ROLES] = {
        [PARTITION_PROJECTION] = "projection",
        [PARTITION_GATE] = "gate",
    };

    return names[role];
}

static const char *partition_role_label(size_t place)
{
    return partition_role_name((enum partition_role)place);
}

static const char *shared_thing_label(size_t place)
{
    static const char *const labels[SHARED_THINGS] = {"stream", "answer", "request", "connection"};

    return labels[place];
}

static const char *share_label(size_t place)
{
    static const char *const labels[SHARE_LIMITS] = {"member", "organization", "all"};

    return labels[place];
}

static const char *stream_ending_label(size_t place)
{
    static const char *const names[STREAM_ENDINGS] = {
        [STREAM_ENDED_EXPIRED] = "expired",
        [STREAM_ENDED_TOO_SLOW] = "too_slow",
    };

    return names[place];
}

static const char *status_label(size_t place)
{
    static const char *const names[STATUS_CLASSES] = {"2xx", "3xx", "4xx", "5xx"};

    return names[place];
}

static const char *round_trip_label(size_t place)
{
    return batch_store_round_trip_name((enum store_round_trip)place);
}

static const char *outbox_label(size_t place)
{
    return outbox_kind_name((enum outbox_kind)place);
}

static const char *retention_label(size_t place)
{
    return retention_thing_name((enum retention_thing)place);
}

static const char *decision_label(size_t place)
{
    return cancel_decision_name((enum cancel_decision)place);
}

static const char *cancel_reason_label(size_t place)
{
    return cancel_reason_name((enum cancel_reason_code)place);
}

static const double command_bounds[] = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                        2.5,  5,     10,   30,  60,   300};
static const double event_bounds[] = {1, 10, 100, 1000, 5000, 10000, 25000, 50000, 100000, 1000000};
static const double second_bounds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                       0.1,    0.25,  0.5,    1,     2.5,  5,     10};

#define BOUNDS(array) .bounds = (array), .bound_count = sizeof(array) / sizeof *(array)

static const struct metric_definition definitions[METERS] = {
    [METER_EVENTS] = {.name = "jobtrail_events_total",
                      .help = "Records read from the topics of events and settled, by kind and "
                              "outcome. What is read again after a failure counts again.",
                      .labels = {{"kind", EVENT_KINDS + 1, event_kind_label},
                                 {"outcome", EVENT_OUTCOMES, event_outcome_label}}},
    [METER_EVENTS_TOO_OLD] = {.name = "jobtrail_events_too_old_total",
                              .help = "Events that were ignored, since they are older than the "
                                      "horizon and their jobs have no row, about."},
    [METER_RETENTION_REMOVED] = {.name = "jobtrail_retention_removed_total",
                                 .help =
                                     "What left PostgreSQL, since it had ended long enough ago.",
                                 .labels = {{"what", RETENTION_THINGS, retention_label}}},
    [METER_RETENTION_FAILING] = {.name = "jobtrail_retention_failing",
                                 .help = "Whether what ended long enough ago cannot leave "
                                         "PostgreSQL, as the process that sees to it finds.",
                                 .type = METRIC_GAUGE},
    [METER_DEAD_LETTERS] = {.name = "jobtrail_dead_letters_total",
                            .help = "Records kept as dead letters, by reason.",
                            .labels = {{"reason", POISON_REASONS, poison_reason_name}}},
    [METER_RELAY_PUBLISHED] = {.name = "jobtrail_relay_published_total",
                               .help = "Messages that the brokers acknowledged, by kind.",
                               .labels = {{"kind", OUTBOX_KINDS, outbox_label}}},
    [METER_RELAY_FAILURES] = {.name = "jobtrail_relay_failures_total",
                              .help = "Messages that could not be published and are tried again, "
                                      "by kind.",
                              .labels = {{"kind", OUTBOX_KINDS, outbox_label}}},
    [METER_RELAY_REFUSED] = {.name = "jobtrail_relay_refused_total",
                             .help = "Messages that the brokers will never take, by kind.",
                             .labels = {{"kind", OUTBOX_KINDS, outbox_label}}},
    [METER_RELAY_WITHDRAWN] = {.name = "jobtrail_relay_withdrawn_total",
                               .help = "Commands that were not published, since their requester "
                                       "was not known as the job's creator any more."},
    [METER_CANCEL_COMMAND] = {.name = "jobtrail_cancel_command_seconds",
                              .help = "Time from a cancel request that was granted to the brokers' "
                                      "acknowledgement of its command.",
                              .type = METRIC_HISTOGRAM,
                              BOUNDS(command_bounds)},
    [METER_RELAY_IS_ACTIVE] = {.name = "jobtrail_relay_is_active",
                               .help = "Whether this process is the one that publishes.",
                               .type = METRIC_GAUGE},
    [METER_OUTBOX_ROWS] = {.name = "jobtrail_outbox_rows",
                           .help = "Commands and decisions not published yet, as the process that "
                                   "publishes sees them; at most 100,000.",
                           .type = METRIC_GAUGE},
    [METER_COMMANDS_OPEN] = {.name = "jobtrail_commands_open",
                             .help = "Cancel commands that may still be answered in time, as the "
                                     "process that publishes sees them; of at most 2,000.",
                             .type = METRIC_GAUGE},
    [METER_COMMANDS_UNANSWERED] = {.name = "jobtrail_commands_unanswered",
                                   .help = "Cancel commands whose answer was due within the last "
                                           "day and did not come, as the process that publishes "
                                           "sees them; of at most 2,000.",
                                   .type = METRIC_GAUGE},
    [METER_BATCHES] = {.name = "jobtrail_batches_total",
                       .help = "Batches sent to PostgreSQL, by what became of them.",
                       .labels = {{"outcome", BATCH_OUTCOMES, batch_outcome_label}}},
    [METER_BATCH_EVENTS] = {.name = "jobtrail_batch_events",
                            .help = "Records in a committed batch.",
                            .type = METRIC_HISTOGRAM,
                            BOUNDS(event_bounds)},
    [METER_BATCH_ROWS] = {.name = "jobtrail_batch_rows",
                          .help = "Rows written by a committed batch.",
                          .type = METRIC_HISTOGRAM,
                          BOUNDS(event_bounds)},
    [METER_POSTGRES_ROUND_TRIP] = {.name = "jobtrail_postgres_round_trip_seconds",
                                   .help = "Time from a question to PostgreSQL's whole answer.",
                                   .type = METRIC_HISTOGRAM,
                                   .labels = {{"kind", STORE_ROUND_TRIPS, round_trip_label}},
                                   BOUNDS(second_bounds)},
    [METER_POSTGRES_RECONNECTS] = {.name = "jobtrail_postgres_reconnects_total",
                                   .help = "Connections to PostgreSQL made anew after a failure."},
    [METER_ROWS_CACHED] = {.name = "jobtrail_rows_cached",
                           .help = "Rows that the workers keep in memory.",
                           .type = METRIC_GAUGE},
    [METER_CACHE_BYTES] = {.name = "jobtrail_cache_bytes",
                           .help = "Memory held by the rows kept.",
                           .type = METRIC_GAUGE},
    [METER_QUEUE_BYTES] = {.name = "jobtrail_queue_bytes",
                           .help = "Memory held by records that wait for a worker.",
                           .type = METRIC_GAUGE},
    [METER_PARTITIONS] = {.name = "jobtrail_partitions",
                          .help = "Partitions that this process owns, by what reads them.",
                          .type = METRIC_GAUGE,
                          .labels = {{"role", PARTITION_ROLES, partition_role_label}}},
    [METER_PARTITIONS_STARTED] = {.name = "jobtrail_partitions_started",
                                  .help = "Partitions of these that are being read.",
                                  .type = METRIC_GAUGE,
                                  .labels = {{"role", PARTITION_ROLES, partition_role_label}}},
    [METER_PARTITIONS_FAILING] = {.name = "jobtrail_partitions_failing",
                                  .help = "Partitions of these that stand still: not started for "
                                          "half a minute, or failing for so long without their "
                                          "position moving.",
                                  .type = METRIC_GAUGE,
                                  .labels = {{"role", PARTITION_ROLES, partition_role_label}}},
    [METER_REBALANCES] = {.name = "jobtrail_rebalances_total",
                          .help = "Changes of the partitions owned, by kind.",
                          .labels = {{"kind", REBALANCE_KINDS, rebalance_label}}},
    [METER_CANCEL_DECISIONS] = {.name = "jobtrail_cancel_decisions_total",
                                .help = "Cancel requests decided, by decision and reason.",
                                .labels = {{"decision", CANCEL_REFUSED + 1, decision_label},
                                           {"reason", CANCEL_REASON_CODES, cancel_reason_label}}},
    [METER_CANCEL_DECISION] = {.name = "jobtrail_cancel_decision_seconds",
                               .help = "Time from a cancel request's arrival to its decision.",
                               .type = METRIC_HISTOGRAM,
                               BOUNDS(command_bounds)},
    [METER_HTTP_REQUESTS] = {.name = "jobtrail_http_requests_total",
                             .help = "Requests to the HTTP API, by route and class of status.",
                             .labels = {{"route", ROUTE_NAMES, route_name},
                                        {"status", STATUS_CLASSES, status_label}}},
    [METER_HTTP_SECONDS] = {.name = "jobtrail_http_request_seconds",
                            .help = "Time from a request's head to its answer, by route.",
                            .type = METRIC_HISTOGRAM,
                            .labels = {{"route", ROUTE_NAMES, route_name}},
                            BOUNDS(second_bounds)},
    [METER_HTTP_SHARE_USED_UP] = {.name = "jobtrail_http_share_used_up_total",
                                  .help = "Live streams, answers, requests and connections that "
                                          "were refused or ended, by whose share was used up; of "
                                          "connections an address counts as a member.",
                                  .labels = {{"what", SHARED_THINGS, shared_thing_label},
                                             {"share", SHARE_LIMITS, share_label}}},
    [METER_HTTP_RATE_LIMITED] = {.name = "jobtrail_http_rate_limited_total",
                                 .help = "Requests refused because their member made too many."},
    [METER_STREAM_CLIENTS] = {.name = "jobtrail_stream_clients",
                              .help = "Readers of the live stream.",
                              .type = METRIC_GAUGE},
    [METER_STREAM_MESSAGES] = {.name = "jobtrail_stream_messages_total",
                               .help = "Messages about jobs, over the live stream."},
    [METER_STREAM_RESETS] = {.name = "jobtrail_stream_resets_total",
                             .help = "Readers of the live stream told to look anew, since they "
                                     "missed more than can be told."},
    [METER_STREAM_ENDED] = {.name = "jobtrail_stream_ended_total",
                            .help = "Live streams that were ended from here, by why.",
                            .labels = {{"why", STREAM_ENDINGS, stream_ending_label}}},
};

int meters_new(struct metrics **out, struct err *err)
{
    return metrics_new(definitions, METERS, out, err);
}

size_t meter_status(int status)
{
    return status < 300 ? 0 : status < 400 ? 1 : status < 500 ? 2 : 3;
}

static void write_lag(struct buffer *out, const char *name, const struct lag *lag, double value)
{
    char partition[16];
    struct metric_label_value labels[2] = {{"topic", slice_of(lag->topic)}};

    snprintf(partition, sizeof partition, "%d", (int)lag->partition);
    labels[1] = (struct metric_label_value){"partition", slice_of(partition)};
    metrics_write_sample(out, name, labels, 2, value);
}

void meters_write_lag(struct buffer *out, const struct lag *lags, size_t count)
{
    metrics_write_family(out, "jobtrail_lag_events", METRIC_GAUGE,
                         "Records between the position kept in PostgreSQL and the log's true end.");
    for (size_t i = 0; i < count; i++)
        if (lags[i].events >= 0)
            write_lag(out, "jobtrail_lag_events", &lags[i], (double)lags[i].events);
    metrics_write_family(out, "jobtrail_lag_seconds", METRIC_GAUGE,
                         "Time since the projection last proved to have the whole log.");
    for (size_t i = 0; i < count; i++)
        if (lags[i].seconds >= 0)
            write_lag(out, "jobtrail_lag_seconds", &lags[i], lags[i].seconds);
}

static void collect_build_info(void *self, struct buffer *out)
{
    struct metric_label_value version = {"version", slice_of(program_version)};

    (void)self;
    metrics_write_family(out, "jobtrail_build_info", METRIC_GAUGE, "Which version runs here.");
    metrics_write_sample(out, "jobtrail_build_info", &version, 1, 1);
}

struct metrics_collector meters_build_info(void)
{
    return (struct metrics_collector){NULL, collect_build_info};
}

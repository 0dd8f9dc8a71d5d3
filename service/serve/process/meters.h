// SPDX-License-Identifier: Apache-2.0
// What serve measures: the table behind /metrics. Use the places below with metrics_add,
// metrics_set and metrics_observe (base/metrics.h).
#pragma once

#include "base/metrics.h"

enum meter {
    METER_EVENTS,              // enum event_kind (EVENT_KINDS: not known), enum event_outcome
    METER_EVENTS_TOO_OLD,      // ignored, since their jobs have left (core/horizon.h)
    METER_RETENTION_REMOVED,   // enum retention_thing
    METER_RETENTION_FAILING,   // gauge: this process tries in vain to let leave what is to leave
    METER_DEAD_LETTERS,        // poison_reason_place
    METER_RELAY_PUBLISHED,     // enum outbox_kind
    METER_RELAY_FAILURES,      // enum outbox_kind
    METER_RELAY_REFUSED,       // enum outbox_kind
    METER_RELAY_WITHDRAWN,     // commands
    METER_CANCEL_COMMAND,      // from request to command, seconds
    METER_RELAY_IS_ACTIVE,     // gauge: this process holds the relay's lock
    METER_OUTBOX_ROWS,         // gauge
    METER_COMMANDS_OPEN,       // gauge
    METER_COMMANDS_UNANSWERED, // gauge
    METER_BATCHES,             // enum batch_outcome
    METER_BATCH_EVENTS,        // events of a committed batch
    METER_BATCH_ROWS,          // rows of a committed batch
    METER_POSTGRES_ROUND_TRIP, // enum store_round_trip, seconds
    METER_POSTGRES_RECONNECTS, // connections made anew
    METER_ROWS_CACHED,         // gauge: all workers together
    METER_CACHE_BYTES,         // gauge: all workers together
    METER_QUEUE_BYTES,         // gauge: all workers together
    METER_PARTITIONS,          // enum partition_role; gauge: partitions that are ours
    METER_PARTITIONS_STARTED,  // enum partition_role; gauge: of these, those that are read
    METER_PARTITIONS_FAILING,  // enum partition_role; gauge: those that stand still (standstill.h)
    METER_REBALANCES,          // enum rebalance_kind
    METER_CANCEL_DECISIONS,    // enum cancel_decision, enum cancel_reason_code
    METER_CANCEL_DECISION,     // from a request's arrival to its decision, seconds
    METER_HTTP_REQUESTS,       // place of route_name (api/routes.h), meter_status
    METER_HTTP_SECONDS,        // place of route_name, seconds
    METER_HTTP_RATE_LIMITED,   // requests refused because their member made too many
    METER_HTTP_SHARE_USED_UP,  // enum shared_thing (view/visit.h), enum share_answer
    METER_STREAM_CLIENTS,      // gauge: readers of the live stream
    METER_STREAM_MESSAGES,     // about jobs, over the live stream
    METER_STREAM_RESETS,       // readers told to look anew
    METER_STREAM_ENDED,        // enum stream_ending
    METERS,
};

enum event_outcome {
    EVENT_CHANGED,
    EVENT_UNCHANGED,
    EVENT_IGNORED,
    EVENT_DEAD_LETTER,
    EVENT_OUTCOMES
};
enum batch_outcome { BATCH_COMMITTED, BATCH_RETRIED, BATCH_FENCED, BATCH_SPLIT, BATCH_OUTCOMES };
enum rebalance_kind { REBALANCE_TAKEN, REBALANCE_REVOKED, REBALANCE_LOST, REBALANCE_KINDS };
enum partition_role { PARTITION_PROJECTION, PARTITION_GATE, PARTITION_ROLES };
enum stream_ending { STREAM_ENDED_EXPIRED, STREAM_ENDED_TOO_SLOW, STREAM_ENDINGS };

// A struct metrics of this table; free it with metrics_free.
int meters_new(struct metrics **out, struct err *err);

// "projection", "gate".
const char *partition_role_name(enum partition_role role);

enum { STATUS_CLASSES = 4 }; // of HTTP: 2xx to 5xx
// The label's place for a status of HTTP: its class.
size_t meter_status(int status);

// How far a partition is behind, for meters_write_lag.
struct lag {
    const char *topic;
    int32_t partition;
    int64_t events; // log end less position; -1: not known
    double seconds; // since the projection last had the whole log; 0 when it has; <0: not known
};
// Appends the families jobtrail_lag_events and jobtrail_lag_seconds: for a collector.
void meters_write_lag(struct buffer *out, const struct lag *lags, size_t count);
// A collector of the family jobtrail_build_info.
struct metrics_collector meters_build_info(void);

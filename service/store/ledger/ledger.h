// SPDX-License-Identifier: Apache-2.0
// A cancel gate's connection to PostgreSQL: the ledger_port of core/ledger_port.h, and what is
// asked around it. Everything blocks, within the time limits given. A ledger belongs to one thread.
#pragma once

#include "core/gate_transaction.h"
#include "store/connection/connection_options.h"

struct ledger;

// Takes the options; does not connect. NULL with err filled without memory.
struct ledger *ledger_new(const struct connection_options *options, struct err *err);
// Accepts NULL.
void ledger_free(struct ledger *ledger);
// As batch_store_connect.
int ledger_connect(struct ledger *ledger, struct err *err);
bool ledger_is_connected(const struct ledger *ledger);
// Notices, without asking anything, that the server has ended the connection.
void ledger_notice_end(struct ledger *ledger);
// The port; lives as long as the ledger. Every error that may have to do with the connection drops
// it: connect anew.
const struct ledger_port *ledger_port(struct ledger *ledger);

// The requests that wait and can be judged as of now_us, at most GATE_BATCH_MAX of them, oldest
// first; not all of them need go together (gate_keep_joining). event_topics: NULL-terminated, the
// topics whose events are waited for. The requests are borrowed until the next call of it.
int ledger_waiting(struct ledger *ledger, const char *const *event_topics, int64_t now_us,
                   struct cancel_request requests[GATE_BATCH_MAX], size_t *count, struct err *err);

// Notes where the logs of sources of cancel requests end, for whoever looks how far they are read.
int ledger_log_ends(struct ledger *ledger, const struct log_end_seen *ends, size_t count,
                    struct err *err);

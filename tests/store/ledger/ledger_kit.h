// SPDX-License-Identifier: Apache-2.0
// What the tests of the cancel ledger share: a gate on a real PostgreSQL, requests to put to it,
// and jobs for them to be about.
#pragma once

#include "store/harness.h"
#include "store/ledger/ledger.h"
#include "store/ledger/outbox.h"

struct ledger *ledger_kit_open(struct harness *harness);
// A relay's outbox, connected.
struct outbox *ledger_kit_outbox(struct harness *harness);
// A gate on that ledger: 10 minutes of age, 60 s of waiting, 30 s to answer.
struct gate ledger_kit_gate(struct ledger *ledger);

// A request over HTTP of organisation acme; number makes its id. Texts must live long enough.
struct cancel_request ledger_kit_request(unsigned char number, const char *job_id,
                                         const char *requester_id);
// The same over Kafka, standing at that offset of requests[0].
struct cancel_request ledger_kit_kafka(unsigned char number, const char *job_id,
                                       const char *requester_id, int64_t offset);
// A running job of acme, created by ada, written by the projector's store.
void ledger_kit_job(struct harness *harness, const char *job_id);

// Decides one request as of now_us (0: some fixed moment) and asserts that it can be.
struct gate_verdict ledger_kit_decide(struct ledger *ledger, const struct cancel_request *request,
                                      int64_t now_us);
// The moment at which requests come here.
extern const int64_t LEDGER_KIT_NOW_US;

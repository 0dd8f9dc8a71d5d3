// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/ledger_kit.h"

#include <string.h>

const int64_t LEDGER_KIT_NOW_US = INT64_C(1700000100000000);

enum { TIMEOUT_MS = 10000 };

static struct connection_options options_of(const struct harness *harness, const char *name)
{
    return (struct connection_options){.conninfo = harness->conninfo,
                                       .application_name = name,
                                       .connect_timeout_ms = TIMEOUT_MS,
                                       .statement_timeout_ms = TIMEOUT_MS,
                                       .transaction_timeout_ms = TIMEOUT_MS};
}

struct outbox *ledger_kit_outbox(struct harness *harness)
{
    const struct connection_options options = options_of(harness, "relay");
    struct err err = {0};
    struct outbox *outbox = outbox_new(&options, &err);

    if (!outbox || outbox_connect(outbox, &err))
        fail_msg("connect: %s: %s", err.reason, err.text);
    return outbox;
}

struct ledger *ledger_kit_open(struct harness *harness)
{
    struct connection_options options = options_of(harness, "gate");
    struct err err = {0};
    struct ledger *ledger;

    options.owner = "tester";
    ledger = ledger_new(&options, &err);
    if (!ledger || ledger_connect(ledger, &err))
        fail_msg("%s: %s", err.reason, err.text);
    return ledger;
}

struct gate ledger_kit_gate(struct ledger *ledger)
{
    return (struct gate){.ledger = ledger_port(ledger),
                         .rules = {.max_age_us = 600 * US_PER_SECOND,
                                   .wait_us = 60 * US_PER_SECOND,
                                   .answer_within_us = 30 * US_PER_SECOND}};
}

struct cancel_request ledger_kit_request(unsigned char number, const char *job_id,
                                         const char *requester_id)
{
    struct cancel_request request = {.organization_id = SLICE_LITERAL("acme"),
                                     .job_id = slice_of(job_id),
                                     .requester_id = slice_of(requester_id),
                                     .authenticated = true,
                                     .received_at_us = LEDGER_KIT_NOW_US,
                                     .reason = SLICE_LITERAL("no longer wanted")};

    memset(request.request_id.bytes, number, UUID_BYTES);
    return request;
}

struct cancel_request ledger_kit_kafka(unsigned char number, const char *job_id,
                                       const char *requester_id, int64_t offset)
{
    struct cancel_request request = ledger_kit_request(number, job_id, requester_id);

    request.may_wait = true;
    request.origin = (struct cancel_origin){{SLICE_LITERAL("requests"), 0}, offset};
    return request;
}

void ledger_kit_job(struct harness *harness, const char *job_id)
{
    struct row_write row = harness_row("acme", job_id, 4711);

    harness_written(harness->store, &(struct batch_write){.rows = &row, .row_count = 1});
}

struct gate_verdict ledger_kit_decide(struct ledger *ledger, const struct cancel_request *request,
                                      int64_t now_us)
{
    struct gate gate = ledger_kit_gate(ledger);
    struct gate_verdict verdict;
    struct err err = {0};

    if (gate_transact(&gate, request, 1, NULL, now_us ? now_us : LEDGER_KIT_NOW_US, &verdict, NULL,
                      &err))
        fail_msg("%s: %s", err.reason, err.text);
    return verdict;
}

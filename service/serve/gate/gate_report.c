// SPDX-License-Identifier: Apache-2.0
#include "serve/gate/gate_report.h"

#include "base/clock.h"
#include "serve/process/process.h"

static void log_refusal(const struct ledger_entry *entry)
{
    const struct cancel_request *request = entry->request;
    char id[UUID_TEXT_SIZE];

    uuid_format(&request->request_id, id);
    log_info("gate", "a cancel request was refused",
             LOG_TEXT("reason", cancel_reason_name(entry->verdict->reason_code)),
             LOG_TEXT("request", id), LOG_SLICE("organization", request->organization_id),
             LOG_SLICE("job", request->job_id), LOG_SLICE("requester", request->requester_id),
             LOG_SLICE("creator", entry->facts->job.creator_id),
             LOG_TEXT("requester_is", request->authenticated ? "proven" : "claimed"));
}

void gate_report(void *self, const struct ledger_entry *entry)
{
    struct process *process = self;
    const struct gate_verdict *verdict = entry->verdict;
    double seconds;

    if (verdict->action != GATE_DECIDE)
        return;
    metrics_add(process->metrics, METER_CANCEL_DECISIONS, verdict->decision, verdict->reason_code,
                1);
    seconds = (double)(clock_now_us() - entry->request->received_at_us) / (double)US_PER_SECOND;
    // The request's time is the broker's, whose clock may be ahead of ours.
    metrics_observe(process->metrics, METER_CANCEL_DECISION, 0, 0, seconds > 0 ? seconds : 0);
    if (verdict->decision == CANCEL_REFUSED)
        log_refusal(entry);
}

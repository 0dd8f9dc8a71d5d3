// SPDX-License-Identifier: Apache-2.0
// A command may have waited long for its brokers. Whether it may still go out says the gate's own
// rule (core/gate.h); what never went out and must not is withdrawn, on record.
#include "core/gate.h"
#include "serve/relay/relay_private.h"

bool relay_may_publish(struct relay *relay, size_t index)
{
    struct outbox_command command;

    outbox_command(relay->outbox, index, &command);
    if (gate_may_publish(command.requester_id, &command.facts))
        return true;
    relay->withdrawn[relay->withdrawn_count++] = command.id;
    return false;
}

static void tell(const struct outbox_withdrawn *command)
{
    char id[UUID_TEXT_SIZE];

    uuid_format(&command->command_id, id);
    log_warn("relay", "a command is withdrawn: its requester is not known as the creator any more",
             LOG_TEXT("command", id), LOG_SLICE("organization", command->organization_id),
             LOG_SLICE("job", command->job_id), LOG_SLICE("requester", command->requester_id));
}

void relay_withdraw(struct relay *relay)
{
    struct outbox_withdrawn command;
    size_t noted = relay->withdrawn_count, count;
    struct err err;

    relay->withdrawn_count = 0;
    if (!noted)
        return;
    if (outbox_withdraw(relay->outbox, relay->withdrawn, noted, &count, &err)) {
        relay_failed(relay, &relay->postgres, "what must not go out cannot be withdrawn", &err);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        outbox_withdrawn(relay->outbox, i, &command);
        tell(&command);
    }
    metrics_add(relay->process->metrics, METER_RELAY_WITHDRAWN, 0, 0, (int64_t)count);
    relay->lanes[OUTBOX_DECISION].may_have_more = true;
}

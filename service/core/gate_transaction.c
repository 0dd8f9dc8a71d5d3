// SPDX-License-Identifier: Apache-2.0
#include "core/gate_transaction.h"

enum { TRIES_MAX = 5 };

static bool is_same_job(const struct cancel_request *a, const struct cancel_request *b)
{
    return slice_equal(a->job_id, b->job_id) && slice_equal(a->organization_id, b->organization_id);
}

// A superset of the identity, which an organisation and a requester belong to.
static bool may_be_same_request(const struct cancel_request *a, const struct cancel_request *b)
{
    return !uuid_compare(&a->request_id, &b->request_id);
}

bool gate_may_join(const struct cancel_request *requests, size_t count,
                   const struct cancel_request *next)
{
    for (size_t i = 0; i < count; i++)
        if (is_same_job(&requests[i], next) || may_be_same_request(&requests[i], next))
            return false;
    return count < GATE_BATCH_MAX;
}

size_t gate_keep_joining(struct cancel_request *requests, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (gate_may_join(requests, kept, &requests[i]))
            requests[kept++] = requests[i];
    return kept;
}

static bool is_granted(const struct gate_verdict *verdict)
{
    return verdict->is_decided && verdict->decision == CANCEL_GRANTED;
}

static int judge(const struct gate *gate, const struct cancel_request *request,
                 const struct gate_facts *facts, int64_t now_us, struct gate_verdict *verdict,
                 struct ledger_entry *entry, struct err *err)
{
    const struct job_key key = {request->organization_id, request->job_id};

    gate_judge(request, facts, &gate->rules, now_us, verdict);
    *entry = (struct ledger_entry){
        .request = request,
        .facts = facts,
        .verdict = verdict,
        .waits_until_us = now_us + gate->rules.wait_us,
        .answer_by_us = now_us + gate->rules.answer_within_us,
    };
    if (!is_granted(verdict))
        return DONE;
    if (verdict->action == GATE_REPEAT) {
        entry->command_id = facts->earlier.command_id;
        return DONE;
    }
    return cancel_command_id(&key, facts->job.attempt, &entry->command_id, err);
}

static int transact_once(const struct gate *gate, const struct cancel_request *requests,
                         size_t count, struct ledger_write *write, struct ledger_entry *entries,
                         struct gate_verdict *verdicts, struct err *err)
{
    const struct gate_facts *facts = NULL;
    int rc = gate->ledger->read(gate->ledger->self, requests, count, &facts, err);

    for (size_t i = 0; !rc && i < count; i++)
        rc = judge(gate, &requests[i], &facts[i], write->now_us, &verdicts[i], &entries[i], err);
    return rc ? rc : gate->ledger->write(gate->ledger->self, write, err);
}

int gate_transact(const struct gate *gate, const struct cancel_request *requests, size_t count,
                  const struct gate_delivery *delivery, int64_t now_us,
                  struct gate_verdict *verdicts, struct uuid *command_ids, struct err *err)
{
    struct ledger_entry entries[GATE_BATCH_MAX];
    struct ledger_write write = {.entries = entries, .entry_count = count, .now_us = now_us};
    int rc = RETRY;

    if (delivery) {
        write.moves = delivery->moves;
        write.move_count = delivery->move_count;
        write.dead_letters = delivery->dead_letters;
        write.dead_letter_count = delivery->dead_letter_count;
    }
    if (count > GATE_BATCH_MAX)
        return err_set(err, FATAL, "GATE_BATCH", "%zu requests at once, %d are the most", count,
                       GATE_BATCH_MAX);
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        rc = transact_once(gate, requests, count, &write, entries, verdicts, err);
        if (!rc || strcmp(err->reason, LEDGER_CONFLICT) != 0)
            break;
    }
    for (size_t i = 0; !rc && i < count; i++) {
        if (command_ids)
            command_ids[i] = entries[i].command_id;
        if (gate->decided)
            gate->decided(gate->self, &entries[i]);
    }
    return rc;
}

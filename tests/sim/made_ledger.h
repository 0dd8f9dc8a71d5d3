// SPDX-License-Identifier: Apache-2.0
// A made primary as the cancel gate sees it: jobs to read, and the tables of
// schemas/sql/0005_cancel.sql with their constraints. A transaction is all or nothing. Each gate
// has a session of its own; between its steps a hook may let another gate run, or make the step
// fail. Texts are borrowed from the requests and events: they must outlive the ledger's use.
#pragma once

#include "core/gate_transaction.h"

enum {
    LEDGER_JOBS_MAX = 8,
    LEDGER_ROWS_MAX = 512,
    LEDGER_COMMANDS_MAX = 64,
    LEDGER_OUTBOX_MAX = 1024,
    LEDGER_POSITIONS_MAX = 4,
};

struct ledger_job {
    struct job_columns columns;
    int64_t revision;
};

// jobtrail.cancel_request
struct ledger_row {
    int64_t id, received_at_us, waits_until_us, decided_at_us, job_revision;
    struct uuid request_id, command_id;
    bool identified, decided;
    enum cancel_decision decision;
    enum cancel_reason_code reason_code;
    int32_t job_attempt;
    struct slice organization_id, job_id, requester_id, creator_id;
    struct cancel_origin origin;
};

// jobtrail.cancel_command
struct ledger_command {
    struct uuid command_id, request_id;
    struct slice organization_id, job_id, type, creator_id, requester_id;
    int32_t attempt;
    int64_t issued_at_us, answer_by_us;
};

// jobtrail.outbox: of a command, or the decision on a request.
struct ledger_outgoing {
    bool is_command;
    struct uuid command_id;
    int64_t request;
};

struct ledger_tables {
    struct ledger_row rows[LEDGER_ROWS_MAX];
    struct ledger_command commands[LEDGER_COMMANDS_MAX];
    struct ledger_outgoing outbox[LEDGER_OUTBOX_MAX];
    struct position_move positions[LEDGER_POSITIONS_MAX]; // where each stands: `to`
    size_t row_count, command_count, outbox_count, position_count, dead_letter_count;
};

struct made_ledger {
    struct ledger_job jobs[LEDGER_JOBS_MAX];
    size_t job_count, commits;
    // Without the checks of who is granted: what the gate asks for is done.
    bool trusts_the_gate;
    struct ledger_tables tables, work; // committed; of the transaction being committed
};

enum ledger_step { LEDGER_BEFORE_READ, LEDGER_AFTER_READ, LEDGER_BEFORE_COMMIT };
enum ledger_fault {
    LEDGER_FINE,
    LEDGER_FAILS,       // RETRY CONNECTION, nothing was written
    LEDGER_LOST,        // at the commit: RETRY CONNECTION, yet it was written
    LEDGER_CONFLICTS,   // RETRY LEDGER_CONFLICT
    LEDGER_IS_FENCED,   // FENCED POSITION_MOVED
    LEDGER_IS_POISONED, // POISON CONSTRAINT
    LEDGER_IS_FATAL,    // FATAL NOT_MIGRATED
};

struct ledger_session {
    struct made_ledger *ledger;
    struct ledger_port port;
    struct gate_facts facts[GATE_BATCH_MAX];
    size_t reads, writes; // calls so far
    // May be NULL.
    enum ledger_fault (*hook)(void *hook_self, enum ledger_step step);
    void *hook_self;
};

void made_ledger_init(struct made_ledger *ledger);
void ledger_session_init(struct ledger_session *session, struct made_ledger *ledger);

// The job as the projection has it from now on.
void made_ledger_project(struct made_ledger *ledger, const struct job_columns *columns,
                         int64_t revision);
void made_ledger_stand(struct made_ledger *ledger, struct slice topic, int32_t partition,
                       int64_t next_offset);

// NULL: none.
const struct ledger_row *made_ledger_row(const struct made_ledger *ledger,
                                         const struct cancel_request *request);
const struct ledger_command *made_ledger_command(const struct made_ledger *ledger,
                                                 struct slice organization_id, struct slice job_id,
                                                 int32_t attempt);
const struct ledger_command *made_ledger_command_by_id(const struct made_ledger *ledger,
                                                       const struct uuid *command_id);
// How often that command stands in the outbox.
size_t made_ledger_sent(const struct made_ledger *ledger, const struct uuid *command_id);

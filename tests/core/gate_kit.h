// SPDX-License-Identifier: Apache-2.0
// For the tests of the gate: one request with all that is known of it, how each condition of the
// table comes about, and what must be the verdict.
#pragma once

#include "core/gate.h"
#include "core/made.h"

extern const struct gate_rules RULES;
enum { NOW_S = 1000, GATE_TABLE_ROWS = 7 };

struct asked {
    struct cancel_request request;
    struct gate_facts facts;
};

// The creator, "ann", asks for the running job "job" of "org".
struct asked rightful(void);
struct gate_verdict judged_at(const struct asked *asked, int64_t now_us);
// Decided at NOW_S.
void assert_refused(const struct asked *asked, enum cancel_reason_code reason_code);
// What a granted request does: a command of its own, that of before once more, or nothing new.
enum granted_command { NEW_COMMAND, COMMAND_SENT_AGAIN, NO_NEW_COMMAND };
void assert_granted(const struct asked *asked, enum cancel_reason_code reason_code,
                    enum granted_command command);

// The rows that refuse, in their order.
extern const struct gate_table_row {
    void (*come_about)(struct asked *asked);
    enum cancel_reason_code reason_code;
} gate_table[GATE_TABLE_ROWS];
void be_unauthenticated(struct asked *asked);
void reuse_an_id(struct asked *asked);
void be_late(struct asked *asked);
void be_of_unknown_job(struct asked *asked);
void be_a_stranger(struct asked *asked);
void be_finished(struct asked *asked);
void be_not_cancellable(struct asked *asked);
// By a command that is still open.
void be_commanded(struct asked *asked);

// SPDX-License-Identifier: Apache-2.0
// The relay's connection to PostgreSQL: what is to be published, and the marks that it was. Every
// call blocks, within the limits of the options; an outbox belongs to one thread.
//
// Only the holder of the lock claims. Whoever has the lock no longer may still mark: a mark says
// what is true, and the same mark twice counts once. Marks are committed asynchronously, since one
// that is lost only means that the same message, byte for byte, is published again.
//
// Any error is RETRY and drops the connection, and the lock with it; FATAL is what
// batch_store_connect's is.
#pragma once

#include "base/uuid.h"
#include "core/gate.h"
#include "store/connection/connection_options.h"

struct outbox;

enum outbox_kind { OUTBOX_COMMAND, OUTBOX_DECISION, OUTBOX_DEAD_LETTER, OUTBOX_KINDS };

// "command", "decision", "dead_letter".
const char *outbox_kind_name(enum outbox_kind kind);

struct outbox_command {
    int64_t id;             // of its row in the outbox
    int64_t received_at_us; // of the request it was granted for; TIME_NONE: published before
    struct uuid command_id, request_id;
    struct slice organization_id, job_id;
    int32_t attempt;
    struct slice type, requester_id;
    int64_t issued_at_us;
    struct slice reason, traceparent; // may be absent
    struct gate_facts facts;          // of the job, as of the claim: for gate_may_publish
};

// A command that must not go out, and never did.
struct outbox_withdrawn {
    struct uuid command_id;
    struct slice organization_id, job_id, requester_id;
};

struct outbox_decision {
    int64_t id; // of its row in the outbox
    struct uuid request_id;
    struct slice organization_id, job_id, requester_id;
    enum cancel_decision decision;
    enum cancel_reason_code reason_code; // REASON_OTHER for one that only a later version knows
    bool has_command;
    struct uuid command_id; // zero without has_command
    int64_t decided_at_us;
    struct slice traceparent; // may be absent
    bool is_withdrawal;       // it was granted, and its command was withdrawn: refused in the end
};

struct outbox_dead_letter {
    int64_t id; // of the dead letter
    struct dead_letter letter;
};

// Who holds the lock that the relays of a database share.
struct outbox_lock_holder {
    int32_t pid;                         // of the server's process; 0: nobody does
    struct slice user, application_name; // valid until the next call of anything here
    bool is_relay;                       // it names itself as we do: another process of ours
};

struct outbox_counts {
    int64_t rows;             // in the outbox, refused ones included; counted up to 100,000
    int64_t open, unanswered; // of the last day's commands, at most 2,000
};

// The options' strings are borrowed as long as the outbox lives; owner is not used. Does not
// connect. NULL with err filled without memory.
struct outbox *outbox_new(const struct connection_options *options, struct err *err);
// Accepts NULL. Gives the lock back.
void outbox_free(struct outbox *outbox);
int outbox_connect(struct outbox *outbox, struct err *err);
bool outbox_is_connected(const struct outbox *outbox);
void outbox_disconnect(struct outbox *outbox);

// Tries to take the lock; *held if it is ours now. From then on a commit that filled the outbox
// ends outbox_wait.
int outbox_lock(struct outbox *outbox, bool *held, struct err *err);
int outbox_lock_holder(struct outbox *outbox, struct outbox_lock_holder *out, struct err *err);
bool outbox_is_locked(const struct outbox *outbox);
// Waits until the outbox was filled (*filled), wake_fd is readable, or timeout_ms are over; also
// without a connection.
int outbox_wait(struct outbox *outbox, int wake_fd, int timeout_ms, bool *filled, struct err *err);

// The oldest of one kind that are to be published, without those whose ids are given (under way,
// or published and not marked yet). *count of them, at most limit; dead letters hold bytes_max
// together, or are one. Valid until the next call of anything here.
int outbox_claim(struct outbox *outbox, enum outbox_kind kind, const int64_t *without,
                 size_t without_count, size_t limit, size_t bytes_max, size_t *count,
                 struct err *err);
void outbox_command(const struct outbox *outbox, size_t index, struct outbox_command *out);
void outbox_decision(const struct outbox *outbox, size_t index, struct outbox_decision *out);
// Headers, stage and reason are in the arena. RETRY without memory, which drops nothing.
int outbox_dead_letter(const struct outbox *outbox, size_t index, struct arena *arena,
                       struct outbox_dead_letter *out, struct err *err);

// These are published: one transaction. Commands and decisions may be marked together.
int outbox_mark(struct outbox *outbox, bool are_dead_letters, const int64_t *ids, size_t count,
                struct err *err);
// These commands must not go out: those that never did are withdrawn, *count of them, valid until
// the next call of anything here; the others are only not sent again. Should the server lose it,
// they are claimed and judged again.
int outbox_withdraw(struct outbox *outbox, const int64_t *ids, size_t id_count, size_t *count,
                    struct err *err);
void outbox_withdrawn(const struct outbox *outbox, size_t index, struct outbox_withdrawn *out);
// The broker will never take this one: it stays, says why, and is claimed no more.
int outbox_refuse(struct outbox *outbox, bool is_dead_letter, int64_t id, const char *reason,
                  struct err *err);
int outbox_count(struct outbox *outbox, struct outbox_counts *out, struct err *err);

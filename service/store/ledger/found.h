// SPDX-License-Identifier: Apache-2.0
// What the ledger lost and a topic still has: commands and decisions that were published, and which
// a replica that was promoted, or a restored database, knows nothing of. Each call asks over the
// outbox's connection; an error is as the outbox's, and drops it.
#pragma once

#include "base/uuid.h"
#include "store/ledger/outbox.h"

enum { FOUND_AT_ONCE = 250, EPOCH_BYTES = 64 };

// A command as it stands in its topic.
struct found_command {
    struct uuid command_id, request_id;
    struct slice organization_id, job_id;
    int32_t attempt;
    struct slice type, requester_id;
    struct slice reason, traceparent; // may be absent
    int64_t issued_at_us, answer_by_us;
    int64_t published_at_us; // its record's
};

// A decision as it stands in its topic, of a request with an identity.
struct found_decision {
    struct uuid request_id, command_id; // the latter zero: none
    struct slice organization_id, job_id, requester_id, decision, reason_code;
    struct slice traceparent; // may be absent
    int64_t decided_at_us;
    int64_t published_at_us; // its record's
};

// What became of one of them; all is borrowed until the next call of anything of the outbox.
struct found_row {
    struct uuid id; // of the command, or of the request
    struct slice organization_id, job_id, requester_id;
    // Of a decision: it was granted and that was told, but its command neither went out nor is
    // known.
    bool is_lost;
    // Of a command: the job has another creator, whom nobody disputes. It is not recorded, since no
    // gate granted it.
    bool is_foreign;
};

// The database's epoch, which changes when it may have lost commits; *is_another: the ledger was
// last compared in another one.
int found_epoch(struct outbox *outbox, char epoch[EPOCH_BYTES], bool *is_another, struct err *err);
// The ledger has all that was published, as of that epoch: the gates may decide.
int found_all(struct outbox *outbox, const char *epoch, struct err *err);

// Records those that the ledger does not know; *rows: how many those are, and what was not
// recorded. may_note_published: of what it knows and counts as never published, that it was; not
// for commands that are still to be marked.
int found_commands(struct outbox *outbox, const struct found_command *commands, size_t count,
                   bool may_note_published, size_t *rows, struct err *err);
int found_decisions(struct outbox *outbox, const struct found_decision *decisions, size_t count,
                    size_t *rows, struct err *err);
void found_command_row(const struct outbox *outbox, size_t index, struct found_row *out);
void found_decision_row(const struct outbox *outbox, size_t index, struct found_row *out);
// Queues the decisions that were found with their commands alone, and so may never have been told.
int found_untold(struct outbox *outbox, size_t *count, struct err *err);

// Up to where the ledger has what a partition holds.
struct published_position {
    struct source source;
    int64_t next_offset; // -1: not known
};
// Fills the next_offset of each, as far as it is known of this cluster.
int published_positions(struct outbox *outbox, struct slice cluster_id,
                        struct published_position *positions, size_t count, struct err *err);
int published_positions_move(struct outbox *outbox, struct slice cluster_id,
                             const struct published_position *positions, size_t count,
                             struct err *err);

// SPDX-License-Identifier: Apache-2.0
// From records of the topics of commands and decisions back to what the ledger had of them.
#pragma once

#include "kafka/consumer.h"
#include "serve/process/process.h"
#include "store/ledger/found.h"
#include "wire/cancel_messages.h"

struct found_records {
    struct record_decoder *decoder; // owned
    struct arena arena;             // of what a batch borrows besides its messages
};

// Zeroed before. RETRY without memory; found_records_close all the same.
int found_records_open(struct found_records *records, const struct process *process,
                       struct err *err);
void found_records_close(struct found_records *records);

// *is_ours: it is a command that this service can have issued; its texts borrow from message and
// records, until both are gone or reset. DONE; RETRY: its schema cannot be had now, or no memory.
int found_command_read(struct found_records *records, const struct config *config,
                       const struct kafka_message *message, struct found_command *out,
                       bool *is_ours, struct err *err);
// *is_ours: it is the decision on a request that has an identity.
int found_decision_read(struct found_records *records, const struct kafka_message *message,
                        struct found_decision *out, bool *is_ours, struct err *err);

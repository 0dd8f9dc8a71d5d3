// SPDX-License-Identifier: Apache-2.0
// From what the outbox holds to records for Kafka. All content comes from the rows, so that the
// same row gives the same bytes, whichever process makes them and however often. One record at a
// time; belongs to one thread.
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "kafka/producer.h"
#include "store/ledger/outbox.h"
#include "wire/cancel_messages.h"
#include "wire/headers.h"

enum { RELAY_NUMBER_SIZE = 24 };

struct relay_records {
    enum framing framing;
    uint32_t schema_ids[CANCEL_MESSAGE_KINDS]; // of FRAMING_CONFLUENT

    struct producer_record record; // what was made last; its topic and tag are the caller's to fill
    struct cloud_event cloud;
    struct record_header headers[CLOUD_EVENT_HEADERS + 1];
    char partition[RELAY_NUMBER_SIZE], offset[RELAY_NUMBER_SIZE];
    struct buffer value;
    struct arena arena;
};

void relay_records_init(struct relay_records *records);
void relay_records_close(struct relay_records *records);
// These make records->record, which borrows from the row and lives until the next of these calls.
// RETRY without memory.
int relay_record_command(struct relay_records *records, const struct outbox_command *command,
                         struct err *err);
int relay_record_decision(struct relay_records *records, const struct outbox_decision *decision,
                          struct err *err);
// The dead letter as it came, but for credentials, and behind its own headers those that Kafka
// Connect gives to a dead letter. What it points to may be in records->arena: who begins with one
// resets it.
int relay_record_dead_letter(struct relay_records *records, const struct outbox_dead_letter *letter,
                             struct err *err);
// Memory that the record made last takes on its way, about.
size_t relay_record_bytes(const struct relay_records *records);

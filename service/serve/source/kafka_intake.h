// SPDX-License-Identifier: Apache-2.0
// What taking in events and taking in cancel requests share: a record of Kafka as core/intake.h
// sees it, its headers, and what decoding it said.
#pragma once

#include "core/intake.h"
#include "kafka/consumer.h"
#include "wire/record_decoder.h"

// The record with its headers still to be read; it borrows from the message.
struct intake_record kafka_intake_record(const struct kafka_record *record);
// Reads the headers of the record's message into room, which is for room_count of them, or, where
// they are more, into the arena. RETRY without memory.
int kafka_intake_headers(const struct kafka_message *message, struct record_header *room,
                         size_t room_count, struct arena *arena, struct intake_record *record,
                         struct err *err);
struct wire_record kafka_intake_wire(const struct intake_record *record);
// What record_decode returned, as the answer of a step. A schema that nobody has is suspicious, and
// hopeless where nobody ever will.
enum step_answer kafka_intake_decoded(int rc, enum decoded what, const struct err *err);
// As intake_steps.check, of a decoded event: by the clock of the broker, where that has stamped it.
enum step_answer kafka_intake_check_event(struct event *event, const struct intake_record *record,
                                          struct arena *arena, struct err *err);
// As intake_steps.name_awaited: the schema that the record names.
void kafka_intake_name_awaited(void *self, const struct intake_record *record,
                               unsigned char name[AWAITED_NAME_BYTES]);
// Logs that a record is held, or is a dead letter: which one, whose schema, and why.
void kafka_intake_tell_held(const char *who, const char *message,
                            const struct intake_record *record, const struct err *why);
void kafka_intake_tell_letter(const char *who, const struct dead_letter *letter);

// SPDX-License-Identifier: Apache-2.0
// Sends the records of dead letters that can be understood now into their topic once more, so that
// they go the way of every record that is read; the fold does not mind when an event comes. Letters
// whose records were delivered are removed. Done again after whatever happened, it sends at worst a
// record twice, which changes nothing.
//
// Cancel requests are not sent again: their moment is over, and their credentials were not kept.
// Each call blocks; a sender belongs to one thread.
#pragma once

#include "serve/process/config.h"
#include "store/operator/letter_box.h"

struct letter_sender;

struct letter_sender_options {
    const struct config *config; // borrowed
    struct letter_choice choice; // borrowed while it is opened
    int deliver_ms;              // how long a delivery is waited for
    bool (*is_stopped)(void);    // nobody wants more; NULL: somebody always does
    // This letter stays, and why.
    void (*kept)(void *self, int64_t id, const struct err *why);
    void *self;
};

// *count: how many letters are chosen. RETRY where PostgreSQL or Kafka cannot be asked; FATAL as
// letter_box_open and schemas_open, and without brokers in the configuration.
int letter_sender_open(const struct letter_sender_options *options, struct letter_sender **out,
                       int64_t *count, struct err *err);
// Accepts NULL.
void letter_sender_close(struct letter_sender *sender);
// Judges the next letter and sends its record, or tells that it is kept; *found: there was one.
int letter_sender_next(struct letter_sender *sender, bool *found, struct err *err);
// Waits for what is under way, and removes the letters of what was delivered; each of the others is
// told as kept. To be called at the end; now and then it happens by itself.
int letter_sender_settle(struct letter_sender *sender, struct err *err);

struct letter_sender_counts {
    uint64_t sent;      // delivered, and removed
    uint64_t under_way; // sent, and not waited for yet
    uint64_t kept;
};
struct letter_sender_counts letter_sender_counts(const struct letter_sender *sender);

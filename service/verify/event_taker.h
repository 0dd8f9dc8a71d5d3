// SPDX-License-Identifier: Apache-2.0
// From a Kafka record to whoever folds its event: the steps of core/intake.h as `serve` takes them,
// but that nothing is kept. A record that `serve` put aside is no event here either. Of one thread.
#pragma once

#include "core/intake.h"
#include "kafka/consumer.h"
#include "serve/process/schemas.h"
#include "store/verify/model_reader.h"
#include "verify/event_ref.h"
#include "wire/event_messages.h"

// What became of the records: of all passes so far, but for the last three, which are of this one.
struct taken_counts {
    uint64_t records;
    uint64_t events;       // folded
    uint64_t dead_letters; // put aside by `serve`, or not to be understood by anybody
    uint64_t ignored;      // none of ours, and such are to be ignored
    uint64_t undecodable;  // whose schema cannot be had now
};

struct event_taker {
    struct schemas *schemas;        // owned
    struct record_decoder *decoder; // owned
    struct intake intake;
    struct arena arena; // of one record
    struct taken_counts counts;
    bool is_impatient; // a schema was waited for in vain
    // Whether events of that job are wanted at all.
    bool (*is_wanted)(void *self, const struct job_key *key);
    // Folds an event that was read there (but for its id). DONE; any error ends the taking.
    int (*fold)(void *self, const struct event *event, const struct event_ref *where,
                struct err *err);
    // Whether `serve` put the record aside. DONE, or why that cannot be told.
    int (*is_put_aside)(void *self, size_t source, const struct put_aside *record, bool *is,
                        struct err *err);
    bool (*is_stopped)(void *self);
    void *self;
};

// Fills what is zeroed but the functions and their self. event_taker_close all the same.
int event_taker_open(struct event_taker *taker, const struct config *config, struct err *err);
void event_taker_close(struct event_taker *taker);
// Takes a record of a source, by its place. RETRY, or what fold returns; the record is then not
// taken.
int event_taker_take(struct event_taker *taker, size_t source, const struct kafka_message *message,
                     struct err *err);

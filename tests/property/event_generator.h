// SPDX-License-Identifier: Apache-2.0
// Made sets of events of one job, drawn so that the fold's hard corners come up often: few
// distinct times and ids, ids used twice, several and contradicting ends, disputed creators,
// messages equal up to where they are cut, near copies that differ in one member, repeats, more
// events than a history set keeps. All are within the limits of event_check.
#pragma once

#include "core/event.h"
#include "property/dice.h"

enum { GENERATED_EVENTS_MAX = 64, GENERATOR_TEXTS_MAX = 24 };

struct text_pool {
    struct slice texts[GENERATOR_TEXTS_MAX];
    size_t count;
};

// The texts that events are made of; they live in the generator.
struct event_generator {
    struct arena arena;
    struct text_pool small_messages, cut_messages, huge_messages;
    struct text_pool types, creators, result_uris, error_codes, error_details, huge_details;
};

struct event_set {
    struct event events[GENERATED_EVENTS_MAX];
    size_t count;
};

// Ends the program when there is no memory.
void event_generator_init(struct event_generator *generator);
void event_generator_close(struct event_generator *generator);

// A set of 1 to GENERATED_EVENTS_MAX events of that job, in the order in which they were drawn.
// Its slices are the generator's and the key's.
void event_generator_draw(const struct event_generator *generator, struct slice organization_id,
                          struct slice job_id, struct dice *dice, struct event_set *out);

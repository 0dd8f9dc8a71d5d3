// SPDX-License-Identifier: Apache-2.0
// A thread that does one thing at a time for another, so that the other never waits: what was asked
// is answered and taken before more can be asked. All but the work itself is called by that other
// thread.
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"

struct errand {
    void (*run)(void *self, void *what); // the work, and whose; changes *what, which is the answer
    void *self;
    pthread_t thread;
    bool is_running; // the thread is; else whoever asks does the work
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    void *what; // NULL: nothing is asked
    bool is_answered, is_ending;
};

void errand_init(struct errand *errand, void (*run)(void *self, void *what), void *self);
// From now on a thread does the work. RETRY.
int errand_start(struct errand *errand, struct err *err);
// Ends the thread, as soon as the work under way is done. What was asked stays.
void errand_stop(struct errand *errand);
// The same; returns what was asked and never taken, the caller's, or NULL.
void *errand_close(struct errand *errand);

// Whether nothing is asked, and no answer waits.
bool errand_is_idle(struct errand *errand);
// While it is idle: it is the errand's until it is taken.
void errand_ask(struct errand *errand, void *what);
// What was asked, once it is answered; else NULL.
void *errand_take(struct errand *errand);

// SPDX-License-Identifier: Apache-2.0
// Condition variables that wait by the monotonic clock (base/clock.h).
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

// To be ended by pthread_cond_destroy.
void condition_init(pthread_cond_t *condition);
// Waits under the mutex until somebody signals, or until that moment. False: the moment came.
bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t until_us);

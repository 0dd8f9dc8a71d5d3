// SPDX-License-Identifier: Apache-2.0
#include "serve/process/process.h"

#include "base/clock.h"
#include "base/smaller.h"
#include "base/wake.h"

enum { POSITIONS_WITHIN_MS = 2000 };

void process_fail(struct process *process, const struct err *err)
{
    pthread_mutex_lock(&process->mutex);
    if (!process->failure.disposition)
        process->failure = *err;
    pthread_mutex_unlock(&process->mutex);
    wake_up(process->wake_fd);
}

int64_t process_database_now_us(void *self)
{
    const struct process *process = self;
    int64_t clock_us = process->database_clock_us;

    return clock_us == TIME_NONE ? TIME_NONE : clock_us + clock_monotonic_us();
}

// On the thread that connects.
static void count_reconnect(void *metrics)
{
    metrics_add(metrics, METER_POSTGRES_RECONNECTS, 0, 0, 1);
}

struct connection_options process_connection_options(const struct process *process,
                                                     const char *name)
{
    const struct config *config = process->config;

    return (struct connection_options){
        .conninfo = config->postgres_conninfo,
        .application_name = name,
        .owner = config->instance,
        .connect_timeout_ms = config->connect_timeout_ms,
        .statement_timeout_ms = config->statement_timeout_ms,
        .transaction_timeout_ms = config->transaction_timeout_ms,
        .reconnected = count_reconnect,
        .observer = process->metrics,
    };
}

struct connection_options process_position_options(const struct process *process, const char *name)
{
    struct connection_options options = process_connection_options(process, name);

    options.connect_timeout_ms = (int)smaller(options.connect_timeout_ms, POSITIONS_WITHIN_MS);
    options.transaction_timeout_ms =
        (int)smaller(options.transaction_timeout_ms, POSITIONS_WITHIN_MS);
    return options;
}

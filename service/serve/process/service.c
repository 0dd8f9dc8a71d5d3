// SPDX-License-Identifier: Apache-2.0
#include "serve/process/service.h"

#include "base/wake.h"

void service_fail(struct service *service, const struct err *err)
{
    pthread_mutex_lock(&service->mutex);
    if (!service->failure.disposition)
        service->failure = *err;
    pthread_mutex_unlock(&service->mutex);
    wake_up(service->wake_fd);
}

// On the thread that connects.
static void count_reconnect(void *metrics)
{
    metrics_add(metrics, METER_POSTGRES_RECONNECTS, 0, 0, 1);
}

struct connection_options service_connection_options(const struct service *service,
                                                     const char *name)
{
    const struct config *config = service->config;

    return (struct connection_options){
        .conninfo = config->postgres_conninfo,
        .application_name = name,
        .owner = config->instance,
        .connect_timeout_ms = config->connect_timeout_ms,
        .statement_timeout_ms = config->statement_timeout_ms,
        .transaction_timeout_ms = config->transaction_timeout_ms,
        .reconnected = count_reconnect,
        .observer = service->metrics,
    };
}

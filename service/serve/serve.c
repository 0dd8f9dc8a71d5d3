// SPDX-License-Identifier: Apache-2.0
// Composes the service: its parts are made, started, and stopped in the order of service.h.
#include "serve/serve.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/wake.h"
#include "registry/registry.h"
#include "serve/gate/gate_thread.h"
#include "serve/http/http_part.h"
#include "serve/leaving.h"
#include "serve/operations.h"
#include "serve/process/schemas.h"
#include "serve/projection/projection.h"
#include "serve/relay/relay.h"

// Signals come to the main thread alone, as something to read. They stay blocked when the service
// has ended: one that asked to stop is still pending, and would end the process of itself.
static int take_signals(int *fd, struct err *err)
{
    sigset_t ours;

    sigemptyset(&ours);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    if (pthread_sigmask(SIG_BLOCK, &ours, NULL))
        return err_set(err, RETRY, "NO_SIGNALS", "signals cannot be taken over");
    *fd = signalfd(-1, &ours, SFD_CLOEXEC);
    if (*fd < 0)
        return err_set(err, RETRY, "NO_DESCRIPTOR", "no descriptor for signals");
    return DONE;
}

// Whether it was asked to stop; if not, it failed.
static bool wait_for_end(struct service *service, int signal_fd)
{
    struct pollfd fds[2] = {{.fd = signal_fd, .events = POLLIN},
                            {.fd = service->wake_fd, .events = POLLIN}};

    while (poll(fds, 2, -1) < 0)
        ; // interrupted
    if (fds[0].revents)
        log_info("serve", "asked to stop: the batches at hand are written first");
    return fds[0].revents;
}

// The consumer stops handing out; the workers write what they have; then nobody holds a message and
// the group can be left.
static void stop(struct service *service, struct admin *admin)
{
    service->stopping = true;
    relay_finish(service->relay);
    projection_finish(service->projection);
    http_part_stop(service->http);
    admin_stop(admin);
    gate_thread_free(service->gate);
    projection_free(service->projection);
    relay_free(service->relay);
}

// Everything that can fail for the configuration is made before anything is started.
static int start_parts(struct service *service, struct admin **admin, struct err *err)
{
    struct admin_callbacks callbacks = operations_callbacks(service);
    int rc = DONE;

    if (service->parts & SERVE_CANCEL)
        rc = gate_thread_new(service, &service->gate, err);
    if (!rc && service->parts & SERVE_PROJECT)
        rc = projection_new(service, &service->projection, err);
    if (!rc && service->parts & SERVE_HTTP)
        rc = http_part_start(service, &service->http, err);
    if (!rc)
        rc = admin_start(&service->config->admin_listen, &callbacks, admin, err);
    if (!rc && service->projection)
        rc = projection_start(service->projection, err);
    if (!rc && service->gate)
        rc = gate_thread_start(service->gate, err);
    if (!rc && service->parts & (SERVE_PROJECT | SERVE_CANCEL))
        rc = relay_start(service, &service->relay, err);
    return rc;
}

static int run_parts(struct service *service, int signal_fd, struct err *err)
{
    struct admin *admin = NULL;
    struct leaving leaving = {.done_fd = -1};
    int rc = start_parts(service, &admin, err);

    if (!rc) {
        log_info("serve", "serving", LOG_TEXT("group", service->config->group_id),
                 LOG_INT("workers", service->projection ? service->config->workers : 0),
                 LOG_TEXT("gate", service->gate ? "yes" : "no"),
                 LOG_INT("http_port", service->http ? http_part_port(service->http) : 0),
                 LOG_INT("admin_port", admin_port(admin)));
        if (wait_for_end(service, signal_fd))
            leaving_begin(&leaving);
    }
    stop(service, admin);
    leaving_end(&leaving);
    if (!rc && service->failure.disposition) {
        *err = service->failure;
        rc = (int)err->disposition;
    }
    log_info("serve", "stopped");
    return rc;
}

static int make_service(struct service *service, const struct config *config, unsigned parts,
                        struct err *err)
{
    int rc;

    service->config = config;
    service->parts = parts;
    pthread_mutex_init(&service->mutex, NULL);
    service->wake_fd = wake_open();
    if (service->wake_fd < 0)
        return err_set(err, RETRY, "NO_DESCRIPTOR", "no event descriptor");
    rc = meters_new(&service->metrics, err);
    if (!rc)
        rc = schemas_open(config, &service->schemas, err);
    return rc;
}

int serve_run(const struct config *config, unsigned parts, struct err *err)
{
    struct service service = {.wake_fd = -1};
    int signal_fd = -1, rc = DONE;

    if (parts & (SERVE_PROJECT | SERVE_CANCEL))
        rc = config_require_kafka(config, err);
    if (!rc && parts & SERVE_CANCEL)
        rc = config_require_authentication(config, err);
    if (!rc && parts & SERVE_HTTP)
        rc = config_require_http(config, err);
    if (!rc)
        rc = take_signals(&signal_fd, err);
    if (rc)
        return rc;
    rc = make_service(&service, config, parts, err);
    if (!rc)
        rc = run_parts(&service, signal_fd, err);
    schemas_close(service.schemas);
    metrics_free(service.metrics);
    if (service.wake_fd >= 0)
        close(service.wake_fd);
    pthread_mutex_destroy(&service.mutex);
    close(signal_fd);
    return rc;
}

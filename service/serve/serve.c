// SPDX-License-Identifier: Apache-2.0
// Composes the service: its parts are made, started, and stopped in the order of process.h.
#include "serve/serve.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/wake.h"
#include "kafka/inspector.h"
#include "registry/registry.h"
#include "serve/gate/gate_thread.h"
#include "serve/health.h"
#include "serve/heap.h"
#include "serve/http/http_part.h"
#include "serve/leaving.h"
#include "serve/operator/operator_part.h"
#include "serve/process/schemas.h"
#include "serve/projection/projection.h"
#include "serve/relay/relay.h"
#include "serve/retention/retention_part.h"
#include "serve/source/log_watch.h"

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
static bool wait_for_end(struct process *process, int signal_fd)
{
    struct pollfd fds[2] = {{.fd = signal_fd, .events = POLLIN},
                            {.fd = process->wake_fd, .events = POLLIN}};

    while (poll(fds, 2, -1) < 0)
        ; // interrupted
    if (fds[0].revents)
        log_info("serve", "asked to stop: the batches at hand are written first");
    return fds[0].revents;
}

// The consumer stops handing out; the workers write what they have; then nobody holds a message and
// the group can be left. Until the admin listener is gone, it asks all parts whether they are
// ready.
static void stop(struct process *process, struct admin *admin)
{
    process->stopping = true;
    log_watch_finish(process->log_watch);
    relay_finish(process->relay);
    retention_part_finish(process->retention);
    projection_finish(process->projection);
    http_part_finish(process->http);
    operator_part_stop(process->operators);
    admin_stop(admin);
    http_part_free(process->http);
    projection_free(process->projection);
    gate_thread_free(process->gate); // it has left its group meanwhile, by its own thread
    relay_free(process->relay);
    retention_part_free(process->retention);
    log_watch_free(process->log_watch);
    inspector_free(process->inspector);
}

// Of the topics that this process reads.
static int make_log_watch(struct process *process, struct err *err)
{
    const struct config *config = process->config;
    const char **topics;
    size_t count = 0;
    int rc;

    while (config->event_topics[count])
        count++;
    topics = calloc(count + 2, sizeof *topics);
    if (!topics)
        return err_no_memory(err);
    count = 0;
    if (process->parts & SERVE_CANCEL)
        topics[count++] = config->cancel_request_topic;
    if (process->parts & SERVE_PROJECT)
        for (size_t i = 0; config->event_topics[i]; i++)
            topics[count++] = config->event_topics[i];
    rc = log_watch_new(&(struct log_watch_options){.properties = config->kafka,
                                                   .property_count = config->kafka_count,
                                                   .topics = topics,
                                                   .database_now_us = process_database_now_us,
                                                   .self = process},
                       &process->log_watch, err);
    free(topics);
    return rc;
}

// Everything that can fail for the configuration is made before anything is started.
static int start_parts(struct process *process, struct admin **admin, struct err *err)
{
    struct admin_callbacks callbacks = health_callbacks(process);
    int rc = DONE;

    if (process->parts & (SERVE_PROJECT | SERVE_CANCEL))
        rc = inspector_new(process->config->kafka, process->config->kafka_count,
                           &process->inspector, err);
    if (!rc && process->inspector)
        rc = make_log_watch(process, err);
    if (!rc && process->parts & SERVE_CANCEL)
        rc = gate_thread_new(process, &process->gate, err);
    if (!rc && process->parts & SERVE_PROJECT)
        rc = projection_new(process, &process->projection, err);
    if (!rc && process->parts & SERVE_HTTP)
        rc = http_part_start(process, &process->http, err);
    if (!rc && process->parts & (SERVE_PROJECT | SERVE_CANCEL))
        rc = relay_new(process, &process->relay, err);
    if (!rc && process->parts & (SERVE_PROJECT | SERVE_CANCEL))
        rc = retention_part_new(process, &process->retention, err);
    if (!rc && process->config->operators.is_wanted)
        rc = operator_part_start(process->config, &process->operators, err);
    if (!rc)
        rc = admin_start(&process->config->admin_listen, &callbacks, admin, err);
    if (!rc && process->log_watch)
        rc = log_watch_start(process->log_watch, err);
    if (!rc && process->projection)
        rc = projection_start(process->projection, err);
    if (!rc && process->gate)
        rc = gate_thread_start(process->gate, err);
    if (!rc && process->relay)
        rc = relay_start(process->relay, err);
    if (!rc && process->retention)
        rc = retention_part_start(process->retention, err);
    return rc;
}

static int run_parts(struct process *process, int signal_fd, struct err *err)
{
    struct admin *admin = NULL;
    struct leaving leaving = {.done_fd = -1};
    int rc = start_parts(process, &admin, err);

    if (!rc) {
        log_info("serve", "serving", LOG_TEXT("group", process->config->group_id),
                 LOG_INT("workers", process->projection ? process->config->workers : 0),
                 LOG_TEXT("gate", process->gate ? "yes" : "no"),
                 LOG_INT("http_port", process->http ? http_part_port(process->http) : 0),
                 LOG_INT("admin_port", admin_port(admin)),
                 LOG_INT("operator_port",
                         process->operators ? operator_part_port(process->operators) : 0));
        leaving_begin(&leaving, wait_for_end(process, signal_fd) ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    stop(process, admin);
    leaving_end(&leaving);
    if (!rc && process->failure.disposition) {
        *err = process->failure;
        rc = (int)err->disposition;
    }
    log_info("serve", "stopped");
    return rc;
}

static void tell_of_apicurio(void)
{
    log_warn(
        "serve",
        "schema.registry.url is Apicurio's Confluent interface, which counts by content ids: a "
        "serializer before 3.0 writes global ids unless apicurio.registry.use-id=contentId is "
        "set, and its values are read by another schema; schema.registry.kind=apicurio tells "
        "them apart");
}

static int make_process(struct process *process, const struct config *config, unsigned parts,
                        struct err *err)
{
    int rc;

    process->config = config;
    process->parts = parts;
    process->database_clock_us = TIME_NONE;
    pthread_mutex_init(&process->mutex, NULL);
    process->wake_fd = wake_open();
    if (process->wake_fd < 0)
        return err_set(err, RETRY, "NO_DESCRIPTOR", "no event descriptor");
    rc = meters_new(&process->metrics, err);
    if (!rc)
        rc = schemas_open(config, &process->schemas, err);
    if (!rc && registry_looks_like_apicurio(&config->registry))
        tell_of_apicurio();
    return rc;
}

int serve_run(const struct config *config, unsigned parts, struct err *err)
{
    struct process process = {.wake_fd = -1};
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
    heap_give_back_large();
    rc = make_process(&process, config, parts, err);
    if (!rc)
        rc = run_parts(&process, signal_fd, err);
    schemas_close(process.schemas);
    metrics_free(process.metrics);
    if (process.wake_fd >= 0)
        close(process.wake_fd);
    pthread_mutex_destroy(&process.mutex);
    close(signal_fd);
    return rc;
}

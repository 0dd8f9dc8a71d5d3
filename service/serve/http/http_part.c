// SPDX-License-Identifier: Apache-2.0
#include "serve/http/http_part.h"

#include <stdlib.h>

#include "api/ledger_pool.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/failure_log.h"
#include "live/hub.h"
#include "page/page_files.h"
#include "serve/gate/gate_report.h"
#include "serve/http/api_listener.h"
#include "serve/process/process.h"

enum {
    CONNECT_TIMEOUT_MS = 2 * 1000, // somebody waits for the answer
    STATEMENT_TIMEOUT_MS = 5 * 1000,
    STATUS_TOO_MANY_REQUESTS = 429,
    CANCEL_BURST_S = 100, // somebody cancels a page of jobs at once
    COMPLAIN_EVERY_US = 60 * 1000 * 1000,
};

struct http_part {
    struct process *process;
    struct key_set *keys;
    struct verifier *verifier;
    struct rate *rate, *cancel_rate;
    struct share *streams, *answers;
    _Atomic int64_t complain_at_us[SHARED_THINGS]; // monotonic: not before
    struct ledger_pool *ledgers;
    struct failure_log failures;
    struct page_files *page;
    struct api api;
    struct api_listener *listener;
};

static void answered(void *self, size_t route, int status, double seconds)
{
    struct http_part *part = self;
    struct metrics *metrics = part->process->metrics;

    metrics_add(metrics, METER_HTTP_REQUESTS, route, meter_status(status), 1);
    metrics_observe(metrics, METER_HTTP_SECONDS, route, 0, seconds);
    if (status == STATUS_TOO_MANY_REQUESTS)
        metrics_add(metrics, METER_HTTP_RATE_LIMITED, 0, 0, 1);
}

// Each refusal is counted; the log hears of one a minute.
static void share_refused(void *self, enum shared_thing what, enum share_answer why,
                          struct slice whose)
{
    static const char *const options[SHARED_THINGS][SHARE_LIMITS] = {
        [SHARED_STREAMS] = {"http.streams-per-member", "http.streams-per-organization",
                            "http.connections"},
        [SHARED_ANSWERS] = {"http.answers-memory", "http.answers-memory", "http.answers-memory"},
        [SHARED_REQUESTS] = {"http.connections", "http.connections", "http.connections"},
        [SHARED_CONNECTIONS] = {"http.connections-per-address", "http.connections-per-address",
                                "http.connections"},
    };
    static const char *const words[SHARED_THINGS] = {
        [SHARED_STREAMS] = "live streams are refused: as many are open as may be",
        [SHARED_ANSWERS] = "answers are refused: too much waits to be taken",
        [SHARED_REQUESTS] = "requests are refused: as many wait for their turn as may",
        [SHARED_CONNECTIONS] = "connections are ended: as many are open as may be",
    };
    struct http_part *part = self;
    int64_t now_us = clock_monotonic_us();

    if (why >= SHARE_LIMITS)
        return;
    metrics_add(part->process->metrics, METER_HTTP_SHARE_USED_UP, what, why, 1);
    if (now_us < part->complain_at_us[what])
        return;
    part->complain_at_us[what] = now_us + COMPLAIN_EVERY_US;
    log_warn("http", words[what],
             LOG_SLICE(what == SHARED_CONNECTIONS ? "address" : "organization", whose),
             LOG_TEXT("option", options[what][why]));
}

static void observe_stream(void *self, enum hub_event event, int64_t value)
{
    struct metrics *metrics = ((struct http_part *)self)->process->metrics;

    switch (event) {
    case HUB_CLIENTS:
        metrics_set(metrics, METER_STREAM_CLIENTS, 0, 0, value);
        break;
    case HUB_MESSAGES:
        metrics_add(metrics, METER_STREAM_MESSAGES, 0, 0, value);
        break;
    case HUB_RESETS:
        metrics_add(metrics, METER_STREAM_RESETS, 0, 0, value);
        break;
    case HUB_EXPIRED:
        metrics_add(metrics, METER_STREAM_ENDED, STREAM_ENDED_EXPIRED, 0, value);
        break;
    case HUB_TOO_SLOW:
        metrics_add(metrics, METER_STREAM_ENDED, STREAM_ENDED_TOO_SLOW, 0, value);
        break;
    }
}

static int make_verifier(struct http_part *part, const struct auth_config *config, struct err *err)
{
    int rc = key_set_new(&config->keys, &part->keys, err);

    if (rc)
        return rc;
    return verifier_new(&(struct verifier_options){.keys = part->keys,
                                                   .issuer = config->issuer,
                                                   .audience = config->audience},
                        &part->verifier, err);
}

// The primary's.
static struct connection_options store_options(const struct process *process, const char *name)
{
    struct connection_options options = process_connection_options(process, name);

    if (options.connect_timeout_ms > CONNECT_TIMEOUT_MS)
        options.connect_timeout_ms = CONNECT_TIMEOUT_MS;
    if (options.statement_timeout_ms > STATEMENT_TIMEOUT_MS)
        options.statement_timeout_ms = STATEMENT_TIMEOUT_MS;
    return options;
}

// Of what is only read.
static struct connection_options read_options(const struct process *process, const char *name)
{
    struct connection_options options = store_options(process, name);

    if (process->config->http.read_conninfo)
        options.conninfo = process->config->http.read_conninfo;
    return options;
}

static int make_parts(struct http_part *part, const struct config *config, struct err *err)
{
    const struct connection_options ledger = store_options(part->process, "http-cancel");
    int rc = make_verifier(part, &config->auth, err);

    if (!rc)
        rc = rate_new(config->http.rate, 2 * config->http.rate, &part->rate, err);
    if (!rc)
        rc = rate_new(config->http.cancel_rate, CANCEL_BURST_S * config->http.cancel_rate,
                      &part->cancel_rate, err);
    if (!rc)
        rc = share_new(&config->http.streams, &part->streams, err);
    if (!rc)
        rc = share_new(&config->http.answers, &part->answers, err);
    if (!rc)
        rc = ledger_pool_new(&ledger, &part->ledgers, err);
    if (!rc)
        rc = page_files_new(&config->page, &part->page, err);
    part->api = (struct api){
        .base_url = config->http.base_url,
        .cors_origins = config->http.cors_origins,
        .event_topics = config->event_topics,
        .viewers = {.verifier = part->verifier, .claims = config->auth.claims},
        .wait_for_us = config->http.wait_for_us,
        .silence = config->http.silence,
        .rate = part->rate,
        .cancel_rate = part->cancel_rate,
        .streams = part->streams,
        .answers = part->answers,
        .share_refused = share_refused,
        .observer = part,
        .ledgers = part->ledgers,
        .failures = &part->failures,
        .page = part->page,
        .gate = {.rules = config->gate_rules, .decided = gate_report, .self = part->process},
    };
    return rc;
}

static int start_hub(struct http_part *part, struct err *err)
{
    const struct hub_options options = {.api = &part->api,
                                        .store = read_options(part->process, "http-stream"),
                                        .observer = {observe_stream, part}};

    return hub_start(&options, &part->api.hub, err);
}

int http_part_start(struct process *process, struct http_part **out, struct err *err)
{
    const struct http_config *config = &process->config->http;
    const struct connection_options primary = store_options(process, "http-primary");
    struct http_part *part = calloc(1, sizeof *part);
    int rc;

    if (!part)
        return err_no_memory(err);
    part->process = process;
    failure_log_init(&part->failures);
    rc = make_parts(part, process->config, err);
    if (!rc)
        rc = start_hub(part, err);
    if (!rc)
        rc = api_listener_start(
            &(struct api_listener_options){.listen = config->listen,
                                           .api = &part->api,
                                           .reader = read_options(process, "http"),
                                           .primary = config->read_conninfo ? &primary : NULL,
                                           .readers = config->readers,
                                           .connections = config->connections,
                                           .connections_per_address =
                                               config->connections_per_address,
                                           .trusted_proxies = config->trusted_proxies,
                                           .answered = answered,
                                           .self = part},
            &part->listener, err);
    if (rc) {
        http_part_free(part);
        return rc;
    }
    if (!*config->base_url)
        log_warn("http",
                 "links of the API are paths, which some clients do not take, wherever a "
                 "request does not show how the outside finds it: set http.base-url to that");
    *out = part;
    return DONE;
}

uint16_t http_part_port(const struct http_part *part)
{
    return api_listener_port(part->listener);
}

bool http_part_is_ready(const struct http_part *part, struct buffer *reasons)
{
    bool ready = api_listener_is_ready(part->listener, reasons);

    if (ready && hub_position(part->api.hub) < 0) {
        buffer_append_text(reasons, "the live stream has no beginning yet\n");
        ready = false;
    }
    return ready;
}

void http_part_finish(struct http_part *part)
{
    if (part)
        api_listener_finish(part->listener);
}

void http_part_free(struct http_part *part)
{
    if (!part)
        return;
    api_listener_free(part->listener);
    hub_free(part->api.hub);
    page_files_free(part->page);
    ledger_pool_free(part->ledgers);
    share_free(part->answers);
    share_free(part->streams);
    rate_free(part->cancel_rate);
    rate_free(part->rate);
    verifier_free(part->verifier);
    key_set_free(part->keys);
    failure_log_destroy(&part->failures);
    free(part);
}

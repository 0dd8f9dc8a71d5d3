// SPDX-License-Identifier: Apache-2.0
#include "kafka/asking_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/settings.h"

#define SOCKET_TIMEOUT "socket.timeout.ms"
#define RECONNECT_MAX  "reconnect.backoff.max.ms"

// librdkafka wants an answer to a fetch to fit into the time of a question.
#define FETCH_WAIT_MAX "fetch.wait.max.ms"

// Who wants it shorter has it shorter.
static int limit_time(rd_kafka_conf_t *conf, struct err *err)
{
    char text[32];
    size_t size = sizeof text;
    int rc = settings_set(conf, FETCH_WAIT_MAX, "0", err);

    if (rc || (!rd_kafka_conf_get(conf, SOCKET_TIMEOUT, text, &size) &&
               strtoll(text, NULL, 10) <= ASKING_TIMEOUT_MS))
        return rc;
    snprintf(text, sizeof text, "%d", ASKING_TIMEOUT_MS);
    return settings_set(conf, SOCKET_TIMEOUT, text, err);
}

static bool is_said(const struct asking_client_options *options, const char *name)
{
    for (size_t i = 0; i < options->property_count; i++)
        if (!strcmp(options->properties[i].name, name))
            return true;
    return false;
}

// A broker that is back is soon asked again, unless somebody decided how soon.
static int come_back_soon(const struct asking_client_options *options, rd_kafka_conf_t *conf,
                          struct err *err)
{
    if (is_said(options, "reconnect.backoff.ms") || is_said(options, RECONNECT_MAX))
        return DONE;
    return settings_set(conf, RECONNECT_MAX, "1000", err);
}

static rd_kafka_conf_t *make_conf(const struct asking_client_options *options, struct err *err)
{
    rd_kafka_conf_t *conf =
        settings_new(CLIENT_CONSUMER, options->properties, options->property_count, err);
    int rc = conf ? limit_time(conf, err) : (int)err->disposition;

    if (!rc)
        rc = come_back_soon(options, conf, err);
    for (const struct kafka_property *ours = options->ours; !rc && ours && ours->name; ours++)
        rc = settings_set(conf, ours->name, ours->value, err);
    if (!rc)
        return conf;
    if (conf)
        rd_kafka_conf_destroy(conf);
    return NULL;
}

int asking_client_new(const struct asking_client_options *options, rd_kafka_t **out,
                      struct err *err)
{
    rd_kafka_conf_t *conf = make_conf(options, err);

    if (!conf)
        return (int)err->disposition;
    rd_kafka_conf_set_opaque(conf, options->self);
    rd_kafka_conf_set_log_cb(conf, options->hear_log);
    rd_kafka_conf_set_error_cb(conf, options->hear_error);
    return settings_client(CLIENT_CONSUMER, conf, options->properties, options->property_count, out,
                           err);
}

// What is stuck was not seen to end well.
void asking_client_free(rd_kafka_t *rk)
{
    if (rk && !asking_client_may_be_stuck())
        rd_kafka_destroy(rk);
}

bool asking_client_may_be_stuck(void)
{
    const int first = 0x02050000, mended = 0x020a0000;

    return rd_kafka_version() >= first && rd_kafka_version() < mended;
}

// SPDX-License-Identifier: Apache-2.0
// kafka_topics: waits until a Kafka broker answers, and makes topics, in milliseconds where
// Kafka's own tool needs a second for each.
//
//   kafka_topics --bootstrap HOST:PORT [--wait SECONDS] [NAME:PARTITIONS[:KEY=VALUE,...] ...]
//
// A topic that exists is left as it is. Exit status 0 once every topic has a leader for each
// partition, 1 when that has not come about in time, 2 for a wrong call.
#include <librdkafka/rdkafka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { topics_max = 64, name_max = 249, error_max = 512 };

struct wanted {
    char name[name_max + 1];
    int partitions;
    char *settings; // KEY=VALUE,... or NULL; points into argv
};

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

static int wanted_parse(struct wanted *wanted, char *text)
{
    char *colon = strchr(text, ':');
    char *end;
    long partitions;

    if (!colon || colon == text || colon - text > name_max)
        return -1;
    memcpy(wanted->name, text, (size_t)(colon - text));
    wanted->name[colon - text] = '\0';
    partitions = strtol(colon + 1, &end, 10);
    if (partitions < 1 || partitions > 10000 || (*end && *end != ':'))
        return -1;
    wanted->partitions = (int)partitions;
    wanted->settings = *end ? end + 1 : NULL;
    return 0;
}

static rd_kafka_NewTopic_t *new_topic(const struct wanted *wanted, char *error, size_t size)
{
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(wanted->name, wanted->partitions, 1, error, size);
    char *settings = wanted->settings ? strdup(wanted->settings) : NULL;
    char *rest = settings;
    char *setting;

    while (topic && rest && (setting = strsep(&rest, ","))) {
        char *value = strchr(setting, '=');

        if (!value) {
            snprintf(error, size, "'%s' is not KEY=VALUE", setting);
            rd_kafka_NewTopic_destroy(topic);
            topic = NULL;
            break;
        }
        *value = '\0';
        rd_kafka_NewTopic_set_config(topic, setting, value + 1);
    }
    free(settings);
    return topic;
}

// What the broker said to each topic. Returns 0 when all exist now.
static int results_check(rd_kafka_event_t *event, char *error, size_t size)
{
    const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
    const rd_kafka_topic_result_t **topics;
    size_t count = 0;

    if (!result || rd_kafka_event_error(event)) {
        snprintf(error, size, "%s", rd_kafka_event_error_string(event));
        return -1;
    }
    topics = rd_kafka_CreateTopics_result_topics(result, &count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[i]);

        if (code && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
            snprintf(error, size, "%s: %s", rd_kafka_topic_result_name(topics[i]),
                     rd_kafka_topic_result_error_string(topics[i]));
            return -1;
        }
    }
    return 0;
}

static int topics_create(rd_kafka_t *client, const struct wanted *wanted, size_t count, char *error,
                         size_t size)
{
    rd_kafka_NewTopic_t *topics[topics_max] = {NULL};
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_event_t *event = NULL;
    int rc = -1;

    for (size_t i = 0; i < count; i++) {
        topics[i] = new_topic(&wanted[i], error, size);
        if (!topics[i])
            goto out;
    }
    rd_kafka_CreateTopics(client, topics, count, NULL, queue);
    event = rd_kafka_queue_poll(queue, 10000);
    if (event)
        rc = results_check(event, error, size);
    else
        snprintf(error, size, "no answer");
out:
    if (event)
        rd_kafka_event_destroy(event);
    for (size_t i = 0; i < count; i++) {
        if (topics[i])
            rd_kafka_NewTopic_destroy(topics[i]);
    }
    rd_kafka_queue_destroy(queue);
    return rc;
}

static int topic_is_led(const struct rd_kafka_metadata *metadata, const struct wanted *wanted)
{
    for (int i = 0; i < metadata->topic_cnt; i++) {
        const struct rd_kafka_metadata_topic *topic = &metadata->topics[i];

        if (strcmp(topic->topic, wanted->name) != 0)
            continue;
        for (int j = 0; j < topic->partition_cnt; j++) {
            if (topic->partitions[j].leader < 0)
                return 0;
        }
        return topic->partition_cnt > 0;
    }
    return 0;
}

// 0 when a broker answers and leads every partition of the topics.
static int topics_ready(rd_kafka_t *client, const struct wanted *wanted, size_t count, char *error,
                        size_t size)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, 1, NULL, &metadata, 1000);
    int rc = 0;

    if (code) {
        snprintf(error, size, "%s", rd_kafka_err2str(code));
        return -1;
    }
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (!topic_is_led(metadata, &wanted[i])) {
            snprintf(error, size, "%s has no leader yet", wanted[i].name);
            rc = -1;
        }
    }
    rd_kafka_metadata_destroy(metadata);
    return rc;
}

static rd_kafka_t *client_new(const char *bootstrap, char *error, size_t size)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_t *client = NULL;

    // The log says nothing that the last error does not: refused connections, mostly.
    if (!rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, error, size) &&
        !rd_kafka_conf_set(conf, "reconnect.backoff.max.ms", "200", error, size) &&
        !rd_kafka_conf_set(conf, "log_level", "0", error, size))
        client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, size);
    if (!client)
        rd_kafka_conf_destroy(conf);
    return client;
}

static int serve_wish(const char *bootstrap, long wait_ms, const struct wanted *wanted,
                      size_t count)
{
    char error[error_max] = "";
    long deadline_ms = now_ms() + wait_ms;
    rd_kafka_t *client = client_new(bootstrap, error, sizeof(error));
    int rc = -1;

    while (client) {
        rc = topics_ready(client, wanted, count, error, sizeof(error));
        if (rc == 0 || now_ms() >= deadline_ms)
            break;
        if (count > 0 && topics_ready(client, NULL, 0, error, sizeof(error)) == 0)
            (void)topics_create(client, wanted, count, error, sizeof(error));
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    if (rc)
        fprintf(stderr, "kafka_topics: %s: %s\n", bootstrap, error);
    if (client)
        rd_kafka_destroy(client);
    return rc ? 1 : 0;
}

int main(int argc, char **argv)
{
    static struct wanted wanted[topics_max];
    const char *bootstrap = NULL;
    long wait_ms = 30000;
    size_t count = 0;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--bootstrap") && i + 1 < argc) {
            bootstrap = argv[++i];
        } else if (!strcmp(argv[i], "--wait") && i + 1 < argc) {
            wait_ms = strtol(argv[++i], NULL, 10) * 1000;
        } else if (count == topics_max || wanted_parse(&wanted[count++], argv[i])) {
            fprintf(stderr, "kafka_topics: cannot use '%s'\n", argv[i]);
            return 2;
        }
    }
    if (!bootstrap) {
        fprintf(stderr, "kafka_topics: --bootstrap HOST:PORT is missing\n");
        return 2;
    }
    return serve_wish(bootstrap, wait_ms, wanted, count);
}

// SPDX-License-Identifier: Apache-2.0
// embedded_broker: librdkafka's mock cluster as a program, for a try-out without Java and for
// tests that inject faults. It forgets (a partition keeps about 5 MiB) and ignores aborted
// transactions, so it never is part of jobtrail and proves nothing about loss.
//
//   embedded_broker --topic NAME:PARTITIONS ... [--announce FILE] [--until-stdin-closes]
//
// Prints its bootstrap servers on one line (and, with --announce, writes them to FILE), then
// serves until SIGTERM or SIGINT, or until stdin closes if that is asked for.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { error_max = 512, name_max = 249 };

static int topic_create(rd_kafka_mock_cluster_t *cluster, const char *text)
{
    char name[name_max + 1];
    const char *colon = strrchr(text, ':');
    char *end;
    long partitions;

    if (!colon || colon == text || colon - text > name_max)
        return -1;
    memcpy(name, text, (size_t)(colon - text));
    name[colon - text] = '\0';
    partitions = strtol(colon + 1, &end, 10);
    if (partitions < 1 || partitions > 1000 || *end)
        return -1;
    return rd_kafka_mock_topic_create(cluster, name, (int)partitions, 1) ? -1 : 0;
}

// Whole or not at all: whoever waits for the file reads it as soon as it is there.
static int announce_to(const char *path, const char *bootstrap)
{
    char temporary[4096];
    FILE *file;
    int rc;

    if (snprintf(temporary, sizeof(temporary), "%s.part", path) >= (int)sizeof(temporary))
        return -1;
    file = fopen(temporary, "w");
    if (!file)
        return -1;
    rc = fprintf(file, "%s\n", bootstrap) < 0 ? -1 : 0;
    if (fclose(file) || rc || rename(temporary, path))
        return -1;
    return 0;
}

static int signals_open(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL))
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static void wait_for_end(int signals, bool watch_stdin)
{
    struct pollfd sources[] = {{.fd = signals, .events = POLLIN},
                               {.fd = watch_stdin ? STDIN_FILENO : -1, .events = POLLIN}};

    for (;;) {
        char discarded[256];

        if (poll(sources, 2, -1) < 0 && errno != EINTR)
            return;
        if (sources[0].revents)
            return;
        if (sources[1].revents && read(STDIN_FILENO, discarded, sizeof(discarded)) <= 0)
            return;
    }
}

static int serve(int argc, char **argv, int signals, rd_kafka_mock_cluster_t *cluster)
{
    const char *bootstrap = rd_kafka_mock_cluster_bootstraps(cluster);
    const char *announce = NULL;
    bool watch_stdin = false;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--until-stdin-closes")) {
            watch_stdin = true;
        } else if (!strcmp(argv[i], "--announce") && i + 1 < argc) {
            announce = argv[++i];
        } else if (strcmp(argv[i], "--topic") || i + 1 >= argc ||
                   topic_create(cluster, argv[++i])) {
            fprintf(stderr, "embedded_broker: cannot use '%s'\n", argv[i]);
            return 2;
        }
    }
    if ((announce && announce_to(announce, bootstrap)) || printf("%s\n", bootstrap) < 0 ||
        fflush(stdout)) {
        fprintf(stderr, "embedded_broker: cannot tell its address: %s\n", strerror(errno));
        return 1;
    }
    wait_for_end(signals, watch_stdin);
    return 0;
}

int main(int argc, char **argv)
{
    char error[error_max] = "";
    rd_kafka_mock_cluster_t *cluster = NULL;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_t *owner = NULL;
    int rc = 1;
    // Before librdkafka starts its threads, so that they inherit the mask.
    int signals = signals_open();

    // The owner has no servers of its own, and need not say so.
    if (signals >= 0 && !rd_kafka_conf_set(conf, "log_level", "4", error, sizeof(error)))
        owner = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
    if (!owner)
        rd_kafka_conf_destroy(conf);
    if (owner)
        cluster = rd_kafka_mock_cluster_new(owner, 1);
    if (cluster)
        rc = serve(argc, argv, signals, cluster);
    else
        fprintf(stderr, "embedded_broker: no cluster: %s\n", error);
    if (cluster)
        rd_kafka_mock_cluster_destroy(cluster);
    if (owner)
        rd_kafka_destroy(owner);
    if (signals >= 0)
        close(signals);
    return rc;
}

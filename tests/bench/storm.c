// SPDX-License-Identifier: Apache-2.0
// bench_storm: what the members of one organisation can do to another one while they do their
// worst. Prints as JSON how long the other one's lists and news take meanwhile, and what was asked.
//
//   bench_storm --topic NAME --create                       creates the jobs, and ends
//   bench_storm --topic NAME --port P --calm FILE --seconds N
//               [--crowd FILE --members N --rate N [--kind NAME]]
//   bench_storm --topic NAME --port P --calm FILE --seconds N --readers N --crowd FILE
//
// The second stirs up members with tokens of the file CROWD, all in one way or each in one of all
// of them; without CROWD it is quiet. The third has N readers, who all come back at once after
// forty seconds, from when on it is measured for N seconds; and before for comparison. Threads:
// this one is the calm organisation, another one the crowd or the readers.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "bench/feed.h"
#include "bench/storm_calm.h"
#include "bench/storm_crowd.h"
#include "bench/storm_return.h"

enum {
    LIST_RATE = 20, // a second, as the others
    NEWS_RATE = 20,
    BIG_RATE = 100,
    SMALL_RATE = 20,
    BIG_MESSAGE = 4000,
    SMALL_MESSAGE = 60,
    BEFORE_SECONDS = 42, // longer ago than anybody comes back from
};

struct settings {
    const char *topic, *calm, *crowd, *kind;
    size_t port, seconds, members, rate, readers;
    bool creates;
};

static const struct calm_changes big = {"big", STORM_BIG_TYPE, STORM_BIG_JOBS, BIG_MESSAGE,
                                        BIG_RATE};
static const struct calm_changes small = {"back", "Small", STORM_BIG_JOBS, SMALL_MESSAGE,
                                          SMALL_RATE};

static struct calm_options calm_options(const struct settings *settings,
                                        const struct calm_changes *changes)
{
    return (struct calm_options){.port = (uint16_t)settings->port,
                                 .tokens = settings->calm,
                                 .topic = settings->topic,
                                 .list_rate = LIST_RATE,
                                 .news_rate = NEWS_RATE,
                                 .changes = *changes};
}

static void create(const struct settings *settings)
{
    const struct calm_options first = calm_options(settings, &big);
    const struct calm_options second = calm_options(settings, &small);

    calm_create(&first);
    calm_create(&second);
}

static void storm(const struct settings *settings)
{
    const struct calm_options options = calm_options(settings, &big);
    const struct storm_kind *kind = settings->kind ? storm_kind_find(settings->kind) : NULL;
    struct calm *calm = calm_open(&options);
    struct storm_crowd *crowd = NULL;
    struct calm_result result;

    if (settings->kind && !kind) {
        fputs("bench: --kind has a name of tests/bench/storm_kinds.c\n", stderr);
        exit(2);
    }
    if (settings->crowd)
        crowd = storm_crowd_start(&(struct storm_crowd_options){.port = (uint16_t)settings->port,
                                                                .tokens = settings->crowd,
                                                                .members = settings->members,
                                                                .rate = settings->rate,
                                                                .kind = kind});
    calm_run(calm, settings->seconds, &result);
    putchar('{');
    if (crowd) {
        storm_crowd_stop(crowd);
        storm_crowd_print(crowd, stdout);
        fputs(", ", stdout);
        storm_crowd_free(crowd);
    }
    calm_print(&result, stdout);
    puts("}");
    calm_close(calm);
}

static void come_back(const struct settings *settings)
{
    const struct calm_options options = calm_options(settings, &small);
    struct calm *calm = calm_open(&options);
    struct storm_return *back = storm_return_open(&(struct storm_return_options){
        .port = (uint16_t)settings->port, .tokens = settings->crowd, .readers = settings->readers});
    struct calm_result before, after;

    calm_run(calm, BEFORE_SECONDS, &before);
    storm_return_begin(back);
    calm_run(calm, settings->seconds, &after);
    storm_return_stop(back);
    putchar('{');
    storm_return_print(back, stdout);
    fputs(", \"before\": {", stdout);
    calm_print(&before, stdout);
    fputs("}, \"after\": {", stdout);
    calm_print(&after, stdout);
    puts("}}");
    storm_return_free(back);
    calm_close(calm);
}

static void open_many_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files))
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static struct settings read_settings(int argc, char **argv)
{
    static const struct option options[] = {
        {"topic", required_argument, NULL, 't'},
        {"calm", required_argument, NULL, 'a'},
        {"crowd", required_argument, NULL, 'w'},
        {"kind", required_argument, NULL, 'k'},
        {"port", required_argument, NULL, 'p'},
        {"seconds", required_argument, NULL, 's'},
        {"members", required_argument, NULL, 'm'},
        {"rate", required_argument, NULL, 'r'},
        {"readers", required_argument, NULL, 'R'},
        {"create", no_argument, NULL, 'C'},
        {0},
    };
    struct settings settings = {.seconds = 20, .members = 100, .rate = 50};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 't')
            settings.topic = optarg;
        else if (option == 'a')
            settings.calm = optarg;
        else if (option == 'w')
            settings.crowd = optarg;
        else if (option == 'k')
            settings.kind = optarg;
        else if (option == 'C')
            settings.creates = true;
        else if (option == '?')
            exit(2);
        else
            *(option == 'p'   ? &settings.port
              : option == 's' ? &settings.seconds
              : option == 'm' ? &settings.members
              : option == 'r' ? &settings.rate
                              : &settings.readers) = feed_number("a number", optarg);
    }
    if (!settings.topic || (!settings.creates && (!settings.calm || !settings.port)) ||
        (settings.readers && !settings.crowd)) {
        fputs("usage: see the head of tests/bench/storm.c\n", stderr);
        exit(2);
    }
    return settings;
}

int main(int argc, char **argv)
{
    struct settings settings = read_settings(argc, argv);

    open_many_files();
    if (settings.creates)
        create(&settings);
    else if (settings.readers)
        come_back(&settings);
    else
        storm(&settings);
    return 0;
}

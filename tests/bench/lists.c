// SPDX-License-Identifier: Apache-2.0
// bench_lists: how long lists of jobs take, as three viewers ask for them in a database that
// tests/bench/lists.sql has filled, whatever else goes on in it. Prints p50 and p99 of each
// question for each viewer.
//
//   bench_lists [--rounds N] [--seconds N]
//
// A question is asked N times, or for N seconds, whichever comes first; but at least ten times.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench/feed.h"
#include "bench/timing.h"
#include "property/dice.h"
#include "store/reader/job_reader.h"

enum {
    MEMBERS = 200,
    ROUNDS_MIN = 10,
    PAGE = 50,
    TIMEOUT_MS = 30000,
    MEMBER_SIZE = 32,
};

struct viewer {
    const char *who, *organization;
    bool sees_own; // a manager: of some member's jobs alone
};

static const struct viewer viewers[] = {
    {"administrator, large", "large", false},
    {"manager, large", "large", true},
    {"administrator, small", "org-5", false},
};

struct question {
    const char *what;
    bool counts; // how many, instead of a page
    bool states; // how many in each state
    bool hours;  // how many of the last day in each hour and state
    int pages;   // walked before the one that is measured
    enum job_sort sort;
    bool upwards, backwards;
    bool own; // the filter names a member
    const char *type, *text;
    unsigned statuses;
    bool lately; // within the last hour of that moment
    enum job_moment moment;
    int64_t seconds; // at least
};

static const struct question questions[] = {
    {"first page", .pages = 0},
    {"next page", .pages = 1},
    {"a page much later", .pages = 20},
    {"oldest first", .upwards = true},
    {"last page, backwards", .backwards = true},
    {"running", .statuses = 1U << STATUS_RUNNING},
    {"failed", .statuses = 1U << STATUS_FAILED},
    {"cancelled (1 of 50)", .statuses = 1U << STATUS_DISMISSED},
    {"one type", .type = "Seed"},
    {"no such type", .type = "none"},
    {"own jobs", .own = true},
    {"own jobs, next page", .own = true, .pages = 1},
    {"by updated", .sort = SORT_UPDATED},
    {"by updated, next page", .sort = SORT_UPDATED, .pages = 1},
    {"own jobs by updated", .own = true, .sort = SORT_UPDATED},
    {"by id", .sort = SORT_ID},
    {"by type, bounded", .sort = SORT_TYPE},
    {"by status, bounded", .sort = SORT_STATUS},
    {"by message, bounded", .sort = SORT_MESSAGE},
    {"by progress, bounded", .sort = SORT_PROGRESS},
    {"by started, bounded", .sort = SORT_STARTED},
    {"by finished, bounded", .sort = SORT_FINISHED},
    {"by duration, bounded", .sort = SORT_DURATION},
    {"by creator, bounded", .sort = SORT_CREATOR},
    {"started lately", .lately = true, .moment = MOMENT_STARTED},
    {"finished lately", .lately = true, .moment = MOMENT_FINISHED},
    {"updated lately", .lately = true, .moment = MOMENT_UPDATED},
    {"took too long", .seconds = 1000000000},
    {"count started lately", .counts = true, .lately = true, .moment = MOMENT_STARTED},
    {"count finished lately", .counts = true, .lately = true, .moment = MOMENT_FINISHED},
    {"count updated lately", .counts = true, .lately = true, .moment = MOMENT_UPDATED},
    {"search, some hits", .text = "LAYER ab"},
    {"search, no hit", .text = "nowhere"},
    {"count", .counts = true},
    {"count running", .counts = true, .statuses = 1U << STATUS_RUNNING},
    {"states", .states = true},
    {"states of own jobs", .states = true, .own = true},
    {"states of a type", .states = true, .type = "Seed"},
    {"states of a search", .states = true, .text = "layer ab"},
    {"timeline of a day", .hours = true},
    {"timeline of a search", .hours = true, .text = "layer ab"},
    {"count a search", .counts = true, .text = "layer ab"},
};

struct bench {
    struct job_reader *reader;
    size_t rounds, seconds;
    struct dice dice;
    int64_t *durations_us;
};

static struct job_filter filter_of(const struct question *question, const char *member)
{
    struct job_filter filter = job_filter_of_all();

    filter.statuses = question->statuses;
    filter.creator_id = slice_of(question->own ? member : NULL);
    filter.text = slice_of(question->text);
    if (question->lately)
        filter.moments[question->moment].from_us = clock_now_us() - 3600 * US_PER_SECOND;
    if (question->seconds)
        filter.min_duration_s = question->seconds;
    if (question->type)
        filter.types[filter.type_count++] = slice_of(question->type);
    return filter;
}

static int64_t ask_page(struct bench *bench, const struct job_scope *scope,
                        const struct job_filter *filter, struct job_page *page)
{
    static char id[256], text[512];
    struct viewed_jobs jobs;
    struct err err = {0};
    int64_t began_us = clock_monotonic_us(), took_us;

    if (job_reader_list(bench->reader, scope, filter, page, &jobs, &err))
        feed_fail("a list", &err);
    took_us = clock_monotonic_us() - began_us;
    if (jobs.count) {
        page->after = jobs.jobs[page->backwards ? 0 : jobs.count - 1].cursor;
        page->after.job_id.data = memcpy(id, page->after.job_id.data, page->after.job_id.size);
        if (page->after.text.data)
            page->after.text.data = memcpy(text, page->after.text.data, page->after.text.size);
    }
    return took_us;
}

static int64_t ask_count(struct bench *bench, const struct job_scope *scope,
                         const struct job_filter *filter)
{
    struct job_total total;
    struct err err = {0};
    int64_t began_us = clock_monotonic_us();

    if (job_reader_count(bench->reader, scope, filter, &total, &err))
        feed_fail("a count", &err);
    return clock_monotonic_us() - began_us;
}

static int64_t ask_states(struct bench *bench, const struct job_scope *scope,
                          const struct job_filter *filter)
{
    struct job_waits waits = {.now_us = clock_now_us(), .after_us = 900 * US_PER_SECOND};
    struct job_counts counts;
    struct err err = {0};
    int64_t began_us = clock_monotonic_us();

    if (job_reader_state_counts(bench->reader, scope, filter, &waits, &counts, &err))
        feed_fail("the states", &err);
    return clock_monotonic_us() - began_us;
}

static int64_t ask_timeline(struct bench *bench, const struct job_scope *scope,
                            const struct job_filter *filter)
{
    int64_t now_us = clock_now_us();
    struct job_period period = {now_us - 86400 * US_PER_SECOND, now_us, 3600};
    struct job_timeline timeline;
    struct err err = {0};
    int64_t began_us = clock_monotonic_us();

    if (job_reader_timeline(bench->reader, scope, filter, &period, &timeline, &err))
        feed_fail("a timeline", &err);
    return clock_monotonic_us() - began_us;
}

static int64_t ask_once(struct bench *bench, const struct question *question,
                        const struct viewer *viewer)
{
    char member[MEMBER_SIZE];
    struct job_page page = {.sort = question->sort,
                            .descending = !question->upwards,
                            .backwards = question->backwards,
                            .limit = PAGE};
    struct job_scope scope;
    struct job_filter filter;
    int64_t took_us = 0;

    snprintf(member, sizeof member, "member-%zu", dice_below(&bench->dice, MEMBERS));
    scope = (struct job_scope){slice_of(viewer->organization),
                               slice_of(viewer->sees_own ? member : NULL)};
    filter = filter_of(question, member);
    if (question->counts)
        return ask_count(bench, &scope, &filter);
    if (question->states)
        return ask_states(bench, &scope, &filter);
    if (question->hours)
        return ask_timeline(bench, &scope, &filter);
    for (int i = 0; i <= question->pages; i++)
        took_us = ask_page(bench, &scope, &filter, &page);
    return took_us;
}

static void measure(struct bench *bench, const struct question *question,
                    const struct viewer *viewer)
{
    int64_t until_us = clock_monotonic_us() + (int64_t)bench->seconds * US_PER_SECOND;
    size_t count = 0;

    ask_once(bench, question, viewer); // what is not in memory yet is not measured
    while (count < bench->rounds && (count < ROUNDS_MIN || clock_monotonic_us() < until_us))
        bench->durations_us[count++] = ask_once(bench, question, viewer);
    timing_sort(bench->durations_us, count);
    printf("%12.1f %9.1f", timing_percentile_ms(bench->durations_us, count, 50),
           timing_percentile_ms(bench->durations_us, count, 99));
    fflush(stdout);
}

static void measure_all(struct bench *bench)
{
    printf("%-22s", "ms: p50 and p99");
    for (size_t i = 0; i < sizeof viewers / sizeof *viewers; i++)
        printf("%22s", viewers[i].who);
    putchar('\n');
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        printf("%-22s", questions[i].what);
        for (size_t j = 0; j < sizeof viewers / sizeof *viewers; j++)
            measure(bench, &questions[i], &viewers[j]);
        putchar('\n');
    }
}

static void connect_reader(struct bench *bench)
{
    struct connection_options options = {.conninfo = feed_environment("JOBTRAIL_POSTGRES_CONNINFO"),
                                         .application_name = "bench lists",
                                         .connect_timeout_ms = TIMEOUT_MS,
                                         .statement_timeout_ms = TIMEOUT_MS,
                                         .transaction_timeout_ms = TIMEOUT_MS};
    struct err err = {0};

    bench->reader = job_reader_new(&options, &err);
    if (!bench->reader || job_reader_connect(bench->reader, &err))
        feed_fail("PostgreSQL", &err);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"rounds", required_argument, NULL, 'r'}, {"seconds", required_argument, NULL, 's'}, {0}};
    struct bench bench = {.rounds = 200, .seconds = 2, .dice = dice_from(1)};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?')
            return 2;
        *(option == 'r' ? &bench.rounds : &bench.seconds) = feed_number("a number", optarg);
    }
    bench.durations_us = calloc(bench.rounds, sizeof *bench.durations_us);
    if (!bench.durations_us) {
        fputs("bench: no memory\n", stderr);
        return 1;
    }
    connect_reader(&bench);
    measure_all(&bench);
    job_reader_free(bench.reader);
    free(bench.durations_us);
    return 0;
}

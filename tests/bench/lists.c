// SPDX-License-Identifier: Apache-2.0
// How long lists of jobs take: loads jobs of many organisations, half of them one's, into a
// PostgreSQL of its own, and asks as viewers of that one do. Prints p50 and p99 of each question.
//     bench_lists [--jobs N] [--organizations N] [--rounds N]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "property/dice.h"
#include "store/reader_kit.h"

enum { MEMBERS = 200, ROUNDS_MAX = 10000 };

struct bench {
    struct harness *harness;
    struct job_reader *reader;
    long jobs, organizations, rounds;
    struct dice dice;
};

// In the order of their creation, as they come: 1 of 500 runs, the rest has ended.
static void load(const struct bench *bench)
{
    char sql[2500];
    int64_t began_us = clock_monotonic_us();

    snprintf(
        sql, sizeof sql,
        "INSERT INTO jobtrail_p1.job (created_at, started_at, finished_at, updated_at, revision,"
        " attempt, status, progress, creator_disputed, cancellable, job_id, organization_id, type,"
        " creator_id, message, error_code, state, history)"
        " SELECT created, created + interval '2 s',"
        "  CASE WHEN status > 1 THEN created + interval '2 s' + length END,"
        "  created + interval '2 s' + length, n, 1, status,"
        "  CASE status WHEN 2 THEN 100 ELSE n %% 100 END, false, true, md5('job' || n)::uuid::text,"
        "  CASE WHEN n %% 2 = 0 THEN 'large' ELSE 'org-' || (n / 2) %% %ld END,"
        "  (ARRAY['Load', 'Analyze', 'Seed', 'Export', 'Tile', 'Index'])[1 + h %% 6],"
        "  'member-' || h / 7 %% %d, 'step ' || n %% 977 || ' of layer ' || md5(n::text),"
        "  CASE status WHEN 3 THEN 'E' || n %% 9 END, decode(repeat('00', 60), 'hex'),"
        "  decode(repeat('01', 100), 'hex')"
        " FROM (SELECT n, h, timestamptz '2026-01-01' + n * interval '20 s'"
        "              + h %% 3600 * interval '1 s' AS created,"
        "       (10 + h / 11 %% 600) * interval '1 s' AS length,"
        "       (CASE WHEN n > %ld THEN h / 13 %% 2 WHEN h / 13 %% 100 < 90 THEN 2"
        "             WHEN h / 13 %% 100 < 98 THEN 3 ELSE 4 END)::smallint AS status"
        "       FROM (SELECT n, abs(hashint8(n)::bigint) AS h FROM generate_series(1, %ld) AS n)"
        "            AS hashed) AS made",
        bench->organizations > 1 ? bench->organizations - 1 : 1, MEMBERS,
        bench->jobs - bench->jobs / 500, bench->jobs);
    harness_run(bench->harness->side, sql);
    harness_run(bench->harness->side,
                "INSERT INTO jobtrail_p1.job_count (n, shard, status, organization_id, type)"
                " SELECT count(*), 0, status, organization_id, type FROM jobtrail_p1.job"
                " GROUP BY 3, 4, 5");
    harness_run(bench->harness->side, "VACUUM ANALYZE jobtrail_p1.job");
    printf("%ld jobs of %ld organisations, half of them of one, loaded in %.0f s; page of 50\n",
           bench->jobs, bench->organizations,
           (double)(clock_monotonic_us() - began_us) / US_PER_SECOND);
}

static int compare_durations(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static void print(const char *what, int64_t *durations_us, long count)
{
    qsort(durations_us, (size_t)count, sizeof *durations_us, compare_durations);
    printf("%-44s p50 %8.2f ms   p99 %8.2f ms\n", what, (double)durations_us[count / 2] / 1000,
           (double)durations_us[count * 99 / 100] / 1000);
    fflush(stdout);
}

struct question {
    const char *what;
    const char *organization;
    bool own;    // of some member
    bool counts; // how many, instead of a page
    int pages;   // walked before the one that is measured
    enum job_sort sort;
    bool backwards;
    const char *type, *text;
    unsigned statuses;
};

static int64_t ask_page(struct bench *bench, const struct job_scope *scope,
                        const struct job_filter *filter, struct job_page *page)
{
    static char id[256], text[512];
    struct viewed_jobs jobs;
    struct err err = {0};
    int64_t began_us = clock_monotonic_us(), took_us;

    if (job_reader_list(bench->reader, scope, filter, page, &jobs, &err))
        fail_msg("%s: %s", err.reason, err.text);
    took_us = clock_monotonic_us() - began_us;
    if (jobs.count) {
        page->after = jobs.jobs[page->backwards ? 0 : jobs.count - 1].cursor;
        page->after.job_id.data = memcpy(id, page->after.job_id.data, page->after.job_id.size);
        if (page->after.text.data)
            page->after.text.data = memcpy(text, page->after.text.data, page->after.text.size);
    }
    return took_us;
}

static int64_t ask_once(struct bench *bench, const struct question *question)
{
    char member[32];
    struct job_scope scope = scope_of(question->organization, question->own ? member : NULL);
    struct job_filter filter = no_filter();
    struct job_page page = {
        .sort = question->sort, .descending = true, .backwards = question->backwards, .limit = 50};
    int64_t took_us = 0;

    snprintf(member, sizeof member, "member-%zu", dice_below(&bench->dice, MEMBERS));
    scope = scope_of(question->organization, question->own ? member : NULL);
    if (question->type)
        filter.types[filter.type_count++] = slice_of(question->type);
    filter.text = slice_of(question->text);
    filter.statuses = question->statuses;
    if (question->counts) {
        struct job_total total;
        struct err err = {0};
        int64_t began_us = clock_monotonic_us();

        if (job_reader_count(bench->reader, &scope, &filter, &total, &err))
            fail_msg("%s: %s", err.reason, err.text);
        return clock_monotonic_us() - began_us;
    }
    for (int i = 0; i <= question->pages; i++)
        took_us = ask_page(bench, &scope, &filter, &page);
    return took_us;
}

static const struct question questions[] = {
    {"newest: first page", "large", .sort = SORT_CREATED},
    {"newest: a page later", "large", .sort = SORT_CREATED, .pages = 3},
    {"last page, backwards", "large", .sort = SORT_CREATED, .backwards = true},
    {"of a small organisation", "org-5", .sort = SORT_CREATED},
    {"one type", "large", .sort = SORT_CREATED, .type = "Seed"},
    {"no such type", "large", .sort = SORT_CREATED, .type = "none"},
    {"running", "large", .sort = SORT_CREATED, .statuses = 1U << STATUS_RUNNING},
    {"cancelled (1 of 50)", "large", .sort = SORT_CREATED, .statuses = 1U << STATUS_DISMISSED},
    {"own", "large", .own = true, .sort = SORT_CREATED},
    {"own, a page later", "large", .own = true, .sort = SORT_CREATED, .pages = 3},
    {"by updated", "large", .sort = SORT_UPDATED},
    {"by updated, a page later", "large", .sort = SORT_UPDATED, .pages = 40},
    {"own by updated", "large", .own = true, .sort = SORT_UPDATED},
    {"by id", "large", .sort = SORT_ID},
    {"by id, of a small organisation", "org-5", .sort = SORT_ID},
    {"own by id", "large", .own = true, .sort = SORT_ID},
    {"by message, among the newest 10,000", "large", .sort = SORT_MESSAGE},
    {"by progress, among the newest 10,000", "large", .sort = SORT_PROGRESS},
    {"search, some hits", "large", .sort = SORT_CREATED, .text = "LAYER ab"},
    {"search, no hit", "large", .sort = SORT_CREATED, .text = "nowhere"},
    {"own, search", "large", .own = true, .sort = SORT_CREATED, .text = "layer ab"},
    {"count by the totals", "large", .counts = true, .statuses = 1U << STATUS_FAILED},
    {"count own", "large", .own = true, .counts = true},
    {"count a search", "large", .counts = true, .text = "layer ab"},
};

static void measure(struct bench *bench, const struct question *question)
{
    static int64_t durations_us[ROUNDS_MAX];

    ask_once(bench, question); // what is not in memory yet is not measured
    for (long i = 0; i < bench->rounds; i++)
        durations_us[i] = ask_once(bench, question);
    print(question->what, durations_us, bench->rounds);
}

static bool take_option(struct bench *bench, const char *name, const char *value)
{
    long number = strtol(value, NULL, 10);

    if (number < 1)
        return false;
    if (!strcmp(name, "--jobs"))
        bench->jobs = number;
    else if (!strcmp(name, "--organizations"))
        bench->organizations = number;
    else if (!strcmp(name, "--rounds"))
        bench->rounds = number < ROUNDS_MAX ? number : ROUNDS_MAX;
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    struct bench bench = {
        .jobs = 200000, .organizations = 100, .rounds = 200, .dice = dice_from(1)};
    void *state;

    for (int i = 1; i < argc; i += 2)
        if (i + 1 == argc || !take_option(&bench, argv[i], argv[i + 1])) {
            fprintf(stderr, "usage: bench_lists [--jobs N] [--organizations N] [--rounds N]\n");
            return EXIT_FAILURE;
        }
    if (harness_start(&state))
        return EXIT_FAILURE;
    bench.harness = state;
    harness_open(&state);
    load(&bench);
    bench.reader = reader_open(bench.harness);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        measure(&bench, &questions[i]);
    job_reader_free(bench.reader);
    harness_close(&state);
    harness_stop(&state);
    return EXIT_SUCCESS;
}

// SPDX-License-Identifier: Apache-2.0
// What a viewer sees of cancelling, of how fresh the projection is, and of more jobs than a search
// looks at.
#include <stdio.h>

#include "store/reader/reader_kit.h"

#define ISSUE                                                                                      \
    "INSERT INTO jobtrail.cancel_command (command_id, request_id, organization_id, job_id,"        \
    " attempt, type, creator_id, requester_id, issued_at, answer_by)"                              \
    " VALUES ('00000000-0000-5000-8000-0000000000c1', '00000000-0000-4000-8000-000000000001',"     \
    " 'acme', 'a', 1, 'Load', 'ada', 'ada', now(), now() + interval '1 hour')"

static void write_job(struct harness *harness, struct row_write *row)
{
    harness_written(harness->store, &(struct batch_write){.rows = row, .row_count = 1});
    row->is_known = true;
    row->base_revision = row->revision++;
}

static struct viewed_job show(struct job_reader *reader, const char *job_id)
{
    struct job_scope scope = scope_of("acme", NULL);
    const struct viewed_job *job;
    struct err err = {0};

    assert_int_equal(job_reader_show(reader, &scope, slice_of(job_id), &job, &err), DONE);
    assert_non_null(job);
    return *job;
}

static void a_command_is_open_until_the_attempt_ends(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct row_write row = harness_row("acme", "a", 1);

    write_job(harness, &row);
    assert_int_equal(show(reader, "a").command, COMMAND_NONE);
    harness_run(harness->side, ISSUE);
    assert_int_equal(show(reader, "a").command, COMMAND_OPEN);
    harness_run(harness->side, "UPDATE jobtrail.cancel_command SET answer_by = now()");
    assert_int_equal(show(reader, "a").command, COMMAND_UNANSWERED);
    row.columns.attempt = 2;
    write_job(harness, &row);
    assert_int_equal(show(reader, "a").command, COMMAND_NONE);
    row.columns.attempt = 1;
    row.columns.status = STATUS_DISMISSED;
    row.columns.finished_at_us = row.columns.updated_at_us;
    write_job(harness, &row);
    assert_int_equal(show(reader, "a").command, COMMAND_NONE);
    row.columns.status = STATUS_FAILED;
    write_job(harness, &row);
    assert_int_equal(show(reader, "a").command, COMMAND_OVERTAKEN);
    harness_run(harness->side, "UPDATE jobtrail.cancel_command SET withdrawn_at = now()");
    assert_int_equal(show(reader, "a").command, COMMAND_NONE);
    job_reader_free(reader);
}

static void ask(struct harness *harness, int number, const char *requester, const char *reason_code)
{
    char sql[1024];
    bool granted = !strcmp(reason_code, "CREATOR");

    snprintf(sql, sizeof sql,
             "INSERT INTO jobtrail.cancel_request (received_at, recorded_at, decided_at,"
             " request_id, command_id, organization_id, job_id, job_attempt, requester_id,"
             " creator_id, job_revision, identified, channel, decision, reason_code, reason)"
             " VALUES (now(), now(), now(), '00000000-0000-4000-8000-%012d', %s, 'acme', 'a', 1,"
             " '%s', 'ada', 1, %s, 'http', '%s', '%s', 'why not')",
             number, granted ? "'00000000-0000-5000-8000-0000000000c1'" : "NULL", requester,
             strcmp(reason_code, "INVALID_CREDENTIALS") ? "true" : "false",
             granted ? "granted" : "refused", reason_code);
    harness_run(harness->side, sql);
}

// The numbers of the requests, as given to ask.
static const char *page_seen(struct job_reader *reader, const char *member, size_t limit,
                             struct cancellation_cursor *after)
{
    static char text[64];
    struct job_scope scope = scope_of("acme", member);
    const struct cancellations_asked asked = {.job_id = SLICE_LITERAL("a"),
                                              .first = member ? slice_of(member) : SLICE_NULL,
                                              .after = *after,
                                              .limit = limit};
    const struct viewed_cancellation *found;
    struct err err = {0};
    size_t count, size = 0;

    assert_int_equal(job_reader_cancellations(reader, &scope, &asked, &found, &count, &err), DONE);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%d,",
                                 found[i].request_id.bytes[UUID_BYTES - 1]);
    if (count)
        *after = (struct cancellation_cursor){.known = true,
                                              .is_first = found[count - 1].is_first,
                                              .received_at_us = found[count - 1].received_at_us,
                                              .request_id = found[count - 1].request_id};
    return text;
}

static const char *requests_seen(struct job_reader *reader, const char *member, size_t limit)
{
    struct cancellation_cursor after = {.known = false};

    return page_seen(reader, member, limit, &after);
}

static void pages_of_requests_go_on_where_one_ended(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct row_write row = harness_row("acme", "a", 1);
    struct cancellation_cursor after = {.known = false};
    struct uuid id = {{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 3}};
    const struct cancellations_asked one = {
        .job_id = SLICE_LITERAL("a"), .request_id = &id, .limit = 1};
    struct job_scope scope = scope_of("acme", NULL);
    const struct viewed_cancellation *found;
    struct err err = {0};
    size_t count;

    write_job(harness, &row);
    harness_run(harness->side, ISSUE);
    for (int i = 1; i <= 6; i++)
        ask(harness, i, i % 2 ? "bob" : "ada", "NOT_CREATOR");
    // Of one moment, too.
    harness_run(harness->side, "UPDATE jobtrail.cancel_request SET received_at = '2026-01-01'"
                               " WHERE requester_id = 'bob'");
    assert_string_equal(page_seen(reader, "ada", 2, &after), "6,4,");
    assert_string_equal(page_seen(reader, "ada", 2, &after), "2,5,");
    // What comes meanwhile is before.
    ask(harness, 7, "bob", "NOT_CREATOR");
    assert_string_equal(page_seen(reader, "ada", 2, &after), "3,1,");
    assert_string_equal(page_seen(reader, "ada", 2, &after), "");
    assert_int_equal(job_reader_cancellations(reader, &scope, &one, &found, &count, &err), DONE);
    assert_int_equal(count, 1);
    assert_int_equal(found->request_id.bytes[UUID_BYTES - 1], 3);
    job_reader_free(reader);
}

static void who_asked_sees_what_came_of_it(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct row_write row = harness_row("acme", "a", 1);
    struct uuid id = {{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}};
    const struct viewed_cancellation *found;
    struct err err = {0};

    write_job(harness, &row);
    harness_run(harness->side, ISSUE);
    ask(harness, 1, "ada", "CREATOR");
    ask(harness, 2, "bob", "NOT_CREATOR");
    ask(harness, 3, "eve", "INVALID_CREDENTIALS"); // who says to be eve
    assert_string_equal(requests_seen(reader, NULL, 10), "3,2,1,");
    assert_string_equal(requests_seen(reader, NULL, 2), "3,2,");
    assert_string_equal(requests_seen(reader, "ada", 10), "1,3,2,"); // her own first
    assert_string_equal(requests_seen(reader, "ada", 1), "1,");
    assert_string_equal(requests_seen(reader, "bob", 10), "2,");
    assert_string_equal(requests_seen(reader, "eve", 10), "");
    assert_int_equal(
        job_reader_cancellation(reader, slice_of("acme"), slice_of("ada"), &id, &found, &err),
        DONE);
    assert_non_null(found);
    assert_true(slice_equal(found->outcome, slice_of("open")));
    assert_true(slice_equal(found->decision, slice_of("granted")));
    assert_true(slice_equal(found->reason_code, slice_of("CREATOR")));
    assert_true(slice_equal(found->reason, slice_of("why not")));
    assert_true(slice_equal(found->channel, slice_of("http")));
    assert_true(slice_equal(found->job_id, slice_of("a")));
    assert_int_equal(found->attempt, 1);
    assert_int_equal(found->command_id.bytes[UUID_BYTES - 1], 0xc1);
    assert_true(found->answer_by_us > found->issued_at_us);
    assert_int_equal(found->published_at_us, TIME_NONE);
    assert_int_equal(
        job_reader_cancellation(reader, slice_of("acme"), slice_of("bob"), &id, &found, &err),
        DONE);
    assert_null(found);
    id.bytes[UUID_BYTES - 1] = 3; // eve's, of which nobody knows that it is hers
    assert_int_equal(
        job_reader_cancellation(reader, slice_of("acme"), slice_of("eve"), &id, &found, &err),
        DONE);
    assert_null(found);
    job_reader_free(reader);
}

static struct viewed_freshness fresh(struct job_reader *reader, const char *first,
                                     const char *second)
{
    const char *const topics[] = {first, second, NULL};
    struct viewed_freshness freshness;
    struct err err = {0};

    assert_int_equal(job_reader_freshness(reader, topics, &freshness, &err), DONE);
    return freshness;
}

static bool passed(struct job_reader *reader, const char *topic, int64_t offset)
{
    struct source source = {slice_of(topic), 0};
    struct err err = {0};
    int64_t next_offset;

    assert_int_equal(job_reader_position(reader, &source, &next_offset, &err), DONE);
    return next_offset > offset;
}

static void freshness_is_that_of_the_oldest_source(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct position_move moves[] = {harness_move("e1", 0, 7), harness_move("e2", 0, 5)};
    struct log_end_seen ends[] = {{{slice_of("e1"), 0}, 9, 4000000, 1, 3000000},
                                  {{slice_of("e2"), 0}, 5, 4000000, 1, 4000000}};

    assert_int_equal(fresh(reader, NULL, NULL).as_of_us, TIME_NONE);
    assert_int_equal(fresh(reader, "e1", NULL).events_behind, -1);
    harness_source(harness, "e1");
    harness_source(harness, "e2");
    assert_int_equal(fresh(reader, "e1", "e2").as_of_us, TIME_NONE);
    harness_written(harness->store,
                    &(struct batch_write){
                        .moves = moves, .move_count = 2, .log_ends = ends, .log_end_count = 2});
    assert_int_equal(fresh(reader, "e1", "e2").as_of_us, 3000000);
    assert_int_equal(fresh(reader, "e1", "e2").events_behind, 2);
    assert_int_equal(fresh(reader, "e2", NULL).as_of_us, 4000000);
    assert_int_equal(fresh(reader, "e2", NULL).events_behind, 0);
    assert_int_equal(fresh(reader, "e2", "e3").as_of_us, TIME_NONE);
    assert_int_equal(fresh(reader, "e2", "e3").events_behind, -1);
    ends[0].partitions =
        2; // one was added, which nobody reads yet: not there at 3, nothing is known since
    ends[0].seen_at_us = ends[0].caught_up_at_us = 5000000;
    harness_written(harness->store, &(struct batch_write){.log_ends = ends, .log_end_count = 1});
    assert_int_equal(fresh(reader, "e1", NULL).as_of_us, 3000000);
    assert_int_equal(fresh(reader, "e1", NULL).events_behind, -1);
    harness_run(harness->side, "UPDATE jobtrail_p1.source_position SET caught_up_at ="
                               " now() + interval '1 hour' WHERE topic = 'e2'");
    assert_int_equal(fresh(reader, "e1", NULL).as_of_us, 3000000);
    assert_int_equal(fresh(reader, "e2", NULL).as_of_us, TIME_NONE); // nobody can know that
    assert_true(passed(reader, "e1", 6));
    assert_false(passed(reader, "e1", 7));
    assert_false(passed(reader, "e3", 0));
    job_reader_free(reader);
}

static struct job_total count_of(struct job_reader *reader, const struct job_scope *scope,
                                 const struct job_filter *filter)
{
    struct job_total total;
    struct err err = {0};

    assert_int_equal(job_reader_count(reader, scope, filter, &total, &err), DONE);
    return total;
}

static struct job_counts state_counts_of(struct job_reader *reader, const struct job_scope *scope,
                                         const struct job_filter *filter)
{
    struct job_waits waits = {0};
    struct job_counts counts;
    struct err err = {0};

    assert_int_equal(job_reader_state_counts(reader, scope, filter, &waits, &counts, &err), DONE);
    return counts;
}

// Of 10,002 open jobs, three of them accepted: all by the totals, else the newest 10,000.
static void bounds_of_state_counts(struct job_reader *reader, const struct job_scope *all,
                                   const struct job_scope *own)
{
    struct job_filter filter = no_filter();
    struct job_counts counts = state_counts_of(reader, all, &filter);

    assert_true(!counts.bounded && counts.open_unknown);
    assert_int_equal(counts.in_status[STATUS_ACCEPTED], 3);
    assert_int_equal(counts.in_status[STATUS_RUNNING], 9999);
    counts = state_counts_of(reader, own, &filter);
    assert_true(counts.bounded && !counts.open_unknown);
    assert_int_equal(counts.in_status[STATUS_ACCEPTED], 1);
    assert_int_equal(counts.in_status[STATUS_RUNNING], 9999);
    filter.moments[MOMENT_CREATED].to_us = INT64_C(1767225605) * US_PER_SECOND; // the fifth
    counts = state_counts_of(reader, own, &filter);
    assert_false(counts.bounded);
    assert_int_equal(counts.in_status[STATUS_ACCEPTED], 3);
    assert_int_equal(counts.in_status[STATUS_RUNNING], 2);
}

// 10,002 jobs, one a second: of the first two nothing is known.
static void bounds_of_a_timeline(struct job_reader *reader, const struct job_scope *all)
{
    struct job_period period = {.from_us = INT64_C(1767225601) * US_PER_SECOND,
                                .to_us = INT64_C(1767325601) * US_PER_SECOND,
                                .step_s = 1000};
    struct job_filter filter = no_filter();
    struct job_timeline timeline;
    struct err err = {0};

    assert_int_equal(job_reader_timeline(reader, all, &filter, &period, &timeline, &err), DONE);
    assert_true(timeline.uncounted_to_us == period.from_us + US_PER_SECOND);
    assert_int_equal(timeline.step_count, 101);
    assert_int_equal(timeline.in_status[0][STATUS_ACCEPTED], 1);
    assert_int_equal(timeline.in_status[0][STATUS_RUNNING], 997);
    assert_int_equal(timeline.in_status[10][STATUS_RUNNING], 2);
    period.from_us += 2 * US_PER_SECOND;
    assert_int_equal(job_reader_timeline(reader, all, &filter, &period, &timeline, &err), DONE);
    assert_true(timeline.uncounted_to_us == TIME_NONE);
    assert_int_equal(timeline.in_status[10][STATUS_RUNNING], 0);
}

// A command counts while the attempt that it is for goes on.
static void unanswered_commands_are_counted(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct job_scope acme = scope_of("acme", NULL), adas = scope_of("acme", "ada");
    struct job_filter filter = no_filter();
    struct row_write row = harness_row("acme", "a", 1);

    write_job(harness, &row);
    harness_run(harness->side, ISSUE);
    assert_int_equal(state_counts_of(reader, &acme, &filter).unanswered, 0);
    harness_run(harness->side, "UPDATE jobtrail.cancel_command SET answer_by = now()");
    assert_int_equal(state_counts_of(reader, &acme, &filter).unanswered, 1);
    assert_int_equal(state_counts_of(reader, &adas, &filter).unanswered, 1);
    filter.types[filter.type_count++] = slice_of("another");
    assert_int_equal(state_counts_of(reader, &acme, &filter).unanswered, 0);
    assert_int_equal(state_counts_of(reader, &adas, &filter).unanswered, 0);
    row.columns.attempt = 2;
    write_job(harness, &row);
    filter = no_filter();
    assert_int_equal(state_counts_of(reader, &acme, &filter).unanswered, 0);
    assert_int_equal(state_counts_of(reader, &adas, &filter).unanswered, 0);
    job_reader_free(reader);
}

static const char later[] = // a thousand more of a day
    "INSERT INTO jobtrail.cancel_command (command_id, request_id, organization_id, job_id, attempt,"
    " type, creator_id, requester_id, issued_at, answer_by) SELECT gen_random_uuid(),"
    " gen_random_uuid(), 'acme', 'b', n, 'Load', 'ben', 'ben', now(), now()"
    " FROM generate_series(1, 1000) AS n";

// A command counts for a day, and while the attempt that ended is the present one.
static void overtaken_commands_are_counted(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct job_scope acme = scope_of("acme", NULL), adas = scope_of("acme", "ada");
    struct job_scope bens = scope_of("acme", "ben");
    struct job_filter filter = no_filter(), running = no_filter();
    struct row_write row = harness_row("acme", "a", 1);

    running.statuses = 1U << STATUS_RUNNING;
    write_job(harness, &row);
    harness_run(harness->side, ISSUE);
    assert_int_equal(state_counts_of(reader, &acme, &filter).overtaken, 0);
    row.columns.status = STATUS_SUCCESSFUL;
    row.columns.finished_at_us = row.columns.updated_at_us;
    write_job(harness, &row);
    assert_int_equal(state_counts_of(reader, &acme, &filter).overtaken, 1);
    assert_int_equal(state_counts_of(reader, &adas, &filter).overtaken, 1);
    assert_int_equal(state_counts_of(reader, &bens, &filter).overtaken, 0);
    assert_int_equal(state_counts_of(reader, &acme, &running).overtaken, 0);
    assert_int_equal(state_counts_of(reader, &adas, &running).overtaken, 0);
    harness_run(harness->side, later);
    assert_int_equal(state_counts_of(reader, &acme, &filter).overtaken, -1);
    assert_int_equal(state_counts_of(reader, &adas, &filter).overtaken, 1);
    harness_run(harness->side,
                "UPDATE jobtrail.cancel_command SET withdrawn_at = now() WHERE job_id = 'b'");
    assert_int_equal(state_counts_of(reader, &acme, &filter).overtaken, 1);
    harness_run(harness->side,
                "UPDATE jobtrail.cancel_command SET issued_at = now() - interval '25 hours'");
    assert_int_equal(state_counts_of(reader, &acme, &filter).overtaken, 0);
    assert_int_equal(state_counts_of(reader, &adas, &filter).overtaken, 0);
    job_reader_free(reader);
}

static void a_search_looks_at_the_newest(void **state)
{
    struct harness *harness = *state;
    struct job_reader *reader = reader_open(harness);
    struct job_scope acme = scope_of("acme", NULL), adas = scope_of("acme", "ada"),
                     bobs = scope_of("acme", "bob");
    struct job_filter filter = no_filter();
    struct job_page page = {.sort = SORT_STATUS, .limit = 2};
    struct viewed_jobs jobs;
    struct err err = {0};

    harness_run(harness->side,
                "INSERT INTO jobtrail_p1.job (created_at, updated_at, revision, attempt, status,"
                " creator_disputed, cancellable, job_id, organization_id, type, creator_id)"
                " SELECT timestamptz '2026-01-01' + n * interval '1 s', now(), n, 1,"
                " CASE WHEN n <= 3 THEN 0 ELSE 1 END, false, true, to_char(n, 'FM00000'), 'acme',"
                " 'Load', 'ada' FROM generate_series(1, 10002) AS n;"
                "INSERT INTO jobtrail_p1.job_count (organization_id, type, status, shard, n)"
                " VALUES ('acme', 'Load', 0, 0, 3), ('acme', 'Load', 1, 0, 9999)");
    // The two oldest are not looked at.
    assert_int_equal(job_reader_list(reader, &acme, &filter, &page, &jobs, &err), DONE);
    assert_true(jobs.bounded && jobs.more);
    assert_string_equal(listed(reader, &acme, &filter, &page), "00003,00004");
    filter.text = slice_of("0000");
    assert_string_equal(listed(reader, &adas, &filter, &(struct job_page){.limit = 3}),
                        "00003,00004,00005");
    assert_int_equal(count_of(reader, &acme, &filter).count, 8); // to 00009, and 10000
    filter.text = slice_of("0001"); // within 00001, which is too old, and others
    assert_string_equal(listed(reader, &acme, &filter, &(struct job_page){.limit = 3}),
                        "00010,00011,00012");
    filter.text = slice_of("00001"); // whole
    assert_int_equal(job_reader_list(reader, &acme, &filter, &page, &jobs, &err), DONE);
    assert_true(jobs.bounded && jobs.count == 1 && !jobs.more);
    assert_int_equal(count_of(reader, &acme, &filter).count, 1);
    assert_int_equal(state_counts_of(reader, &acme, &filter).in_status[STATUS_ACCEPTED], 1);
    assert_string_equal(listed(reader, &adas, &filter, &page), "00001");
    assert_string_equal(listed(reader, &bobs, &filter, &page), "");
    filter.statuses = 1U << STATUS_FAILED;
    assert_string_equal(listed(reader, &acme, &filter, &page), "");
    filter.statuses = 0;
    filter.text = slice_of("00003"); // among the newest, once
    assert_string_equal(listed(reader, &acme, &filter, &page), "00003");
    filter = no_filter();
    assert_int_equal(count_of(reader, &adas, &filter).count, 10000);
    assert_false(count_of(reader, &adas, &filter).exact);
    filter.statuses = 1U << STATUS_ACCEPTED;
    assert_int_equal(count_of(reader, &adas, &filter).count, 3);
    assert_true(count_of(reader, &adas, &filter).exact);
    bounds_of_state_counts(reader, &acme, &adas);
    bounds_of_a_timeline(reader, &acme);
    harness_run(harness->side, "DELETE FROM jobtrail_p1.job WHERE job_id <= '00002'");
    assert_int_equal(job_reader_list(reader, &acme, &filter, &page, &jobs, &err), DONE);
    assert_false(jobs.bounded);
    job_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(a_command_is_open_until_the_attempt_ends),
        TEST(who_asked_sees_what_came_of_it),
        TEST(pages_of_requests_go_on_where_one_ended),
        TEST(freshness_is_that_of_the_oldest_source),
        TEST(unanswered_commands_are_counted),
        TEST(overtaken_commands_are_counted),
        TEST(a_search_looks_at_the_newest),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}

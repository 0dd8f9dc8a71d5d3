// SPDX-License-Identifier: Apache-2.0
// jobtrail cancellations: who asked for what to be cancelled, and what came of it.
#include "store/ledger/cancellations.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/api/cancellation_words.h"
#include "cli/terminal/command.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/output.h"
#include "cli/terminal/time_words.h"
#include "store/ledger/cancellations_watch.h"

enum { LIMIT_DEFAULT = 25, LIMIT_MAX = 100000, FOLLOW_EVERY_MS = 500, RETRY_EVERY_MS = 2000 };

static void write_uuid(struct output *output, bool is_there, const struct uuid *uuid)
{
    char text[UUID_TEXT_SIZE];

    uuid_format(uuid, text);
    output_text(output, is_there ? slice_of(text) : SLICE_NULL);
}

static const struct output_column list_columns[] = {
    {"id", {0}},
    {"received_at", {CUT_END, 11, 7, 9}},
    {"organization_id", {CUT_MIDDLE, 12, 4, 5}},
    {"job_id", {CUT_MIDDLE, 17, 3, 0}},
    {"attempt", {CUT_NOTHING, 0, 0, 4}},
    {"requester_id", {CUT_MIDDLE, 12, 5, 0}},
    {"outcome", {CUT_END, 10, 8, 0}},
    {"reason_code", {CUT_END, 14, 6, 8}},
    {"request_id", {CUT_MIDDLE, 17, 2, 2}},
    {"command_id", {CUT_MIDDLE, 17, 2, 1}},
    {"reason", {CUT_END, 12, 1, 3}},
    {NULL, {0}},
};

static void visit_one_of_many(void *self, const struct kept_cancellation *cancellation)
{
    struct output *output = self;

    output_integer(output, cancellation->id);
    output_time(output, cancellation->received_at_us);
    output_text(output, cancellation->organization_id);
    output_text(output, cancellation->job_id);
    output_count(output, cancellation->attempt ? cancellation->attempt : -1);
    output_text(output, cancellation->requester_id);
    output_text(output, cancellation->outcome);
    output_text(output, cancellation->reason_code);
    write_uuid(output, true, &cancellation->request_id);
    write_uuid(output, cancellation->has_command, &cancellation->command_id);
    output_text(output, cancellation->reason);
}

static int read_filter(const struct arguments *arguments, struct cancellations_filter *filter,
                       struct err *err)
{
    *filter = (struct cancellations_filter){
        .organization = arguments_value(arguments, "organization"),
        .job = arguments_value(arguments, "job"),
        .requester = arguments_value(arguments, "requester"),
        .outcome = arguments_value(arguments, "outcome"),
    };
    if (!filter->outcome || cancellation_outcome_words(slice_of(filter->outcome)))
        return DONE;
    return err_set(err, FATAL, "USAGE",
                   "--outcome: \"%.40s\": expected pending, refused, withdrawn, open, honoured, "
                   "overtaken or unanswered",
                   filter->outcome);
}

static bool is_filtered(const struct cancellations_filter *filter)
{
    return filter->organization || filter->job || filter->requester || filter->outcome;
}

// Waits, or until Ctrl-C.
static void wait_ms(int timeout_ms)
{
    if (!interrupt_seen())
        poll(NULL, 0, timeout_ms);
}

// Once PostgreSQL has answered, its going away ends nothing: it is waited for.
static int follow(const struct invocation *invocation, const struct cancellations_filter *filter,
                  int limit, struct output *output, struct err *err)
{
    struct cancellations_visitor visitor = {output, visit_one_of_many};
    struct cancellations_watch *watch;
    bool is_there = false, was_told = false;
    int rc = cancellations_watch_new(invocation->config->postgres_conninfo, filter, &watch, err);

    if (rc)
        return rc;
    interrupt_watch();
    while (!rc && !interrupt_seen()) {
        rc = cancellations_watch_poll(watch, limit, clock_monotonic_us(), &visitor, err);
        if (rc == RETRY && is_there) {
            if (!was_told)
                fprintf(stderr, "jobtrail: %s; trying again\n", err->text);
            was_told = true;
            rc = DONE;
            wait_ms(RETRY_EVERY_MS);
            continue;
        }
        is_there = is_there || !rc;
        was_told = false;
        if (!rc)
            rc = output_print_more(output, err);
        if (!rc && (fflush(stdout) || ferror(stdout)))
            rc = err_set(err, FATAL, "OUTPUT", "cannot write to standard output");
        if (!rc)
            wait_ms(FOLLOW_EVERY_MS);
    }
    cancellations_watch_free(watch);
    return rc;
}

static int list(const struct invocation *invocation, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    const bool is_followed = arguments_given(arguments, "follow");
    struct cancellations_visitor visitor = {.visit = visit_one_of_many};
    struct cancellations_filter filter;
    struct output *output;
    long long limit;
    int rc = arguments_integer(arguments, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, err);

    if (!rc)
        rc = read_filter(arguments, &filter, err);
    if (!rc)
        rc = output_new(arguments, is_followed ? OUTPUT_GROWING : OUTPUT_TABLE, list_columns,
                        &output, err);
    if (rc)
        return rc;
    visitor.self = output;
    if (is_followed) {
        rc = follow(invocation, &filter, (int)limit, output, err);
    } else {
        rc = cancellations_list(invocation->config->postgres_conninfo, &filter, (int)limit,
                                &visitor, err);
        if (!rc)
            rc =
                output_print_or_say(output,
                                    is_filtered(&filter) ? "there are no cancel requests that match"
                                                         : "there are no cancel requests",
                                    err);
    }
    output_free(output);
    return rc;
}

// In the order in which things happen.
static const struct output_column show_columns[] = {
    {"id", {0}},
    {"request_id", {0}},
    {"organization_id", {0}},
    {"job_id", {0}},
    {"reason", {0}},
    {"received_at", {0}},
    {"found_at", {0}},
    {"channel", {0}},
    {"topic", {0}},
    {"partition", {0}},
    {"offset", {0}},
    {"requester_id", {0}},
    {"identity", {0}},
    {"waits_until", {0}},
    {"decided_at", {0}},
    {"decision", {0}},
    {"reason_code", {0}},
    {"because", {0}},
    {"creator_id", {0}},
    {"attempt", {0}},
    {"job_revision", {0}},
    {"decision_published_at", {0}},
    {"command_id", {0}},
    {"command_issued_at", {0}},
    {"command_published_at", {0}},
    {"answer_by", {0}},
    {"outcome", {0}},
    {"meaning", {0}},
    {NULL, {0}},
};

static void write_request(struct output *output, const struct kept_cancellation *cancellation)
{
    bool is_of_kafka = !slice_is_null(cancellation->source.topic);

    output_integer(output, cancellation->id);
    write_uuid(output, true, &cancellation->request_id);
    output_text(output, cancellation->organization_id);
    output_text(output, cancellation->job_id);
    output_text(output, cancellation->reason);
    output_time(output, cancellation->received_at_us);
    output_time(output, cancellation->found_at_us);
    output_text(output, cancellation->channel);
    output_text(output, cancellation->source.topic);
    output_count(output, is_of_kafka ? cancellation->source.partition : -1);
    output_count(output, is_of_kafka ? cancellation->offset : -1);
    output_text(output, cancellation->requester_id);
    output_text(output, slice_of(cancellation_identity_words(cancellation->reason_code)));
}

static void write_decision(struct output *output, const struct kept_cancellation *cancellation)
{
    output_time(output, cancellation->waits_until_us);
    output_time(output, cancellation->decided_at_us);
    output_text(output, cancellation->decision);
    output_text(output, cancellation->reason_code);
    output_text(output, slice_of(cancellation_reason_words(cancellation->reason_code)));
    output_text(output, cancellation->creator_id);
    output_count(output, cancellation->attempt ? cancellation->attempt : -1);
    if (cancellation->has_revision)
        output_integer(output, cancellation->job_revision);
    else
        output_text(output, SLICE_NULL);
    output_time(output, cancellation->decision_published_at_us);
}

struct shown {
    struct output *output;
    size_t count;
};

static void visit_whole(void *self, const struct kept_cancellation *cancellation)
{
    struct shown *shown = self;

    shown->count++;
    write_request(shown->output, cancellation);
    write_decision(shown->output, cancellation);
    write_uuid(shown->output, cancellation->has_command, &cancellation->command_id);
    output_time(shown->output, cancellation->command_issued_at_us);
    output_time(shown->output, cancellation->command_published_at_us);
    output_time(shown->output, cancellation->answer_by_us);
    output_text(shown->output, cancellation->outcome);
    output_text(shown->output, slice_of(cancellation_outcome_words(cancellation->outcome)));
}

static int show(const struct invocation *invocation, struct err *err)
{
    const char *id = invocation->arguments->positional[1];
    struct cancellations_key key = {0};
    struct shown shown = {0};
    struct cancellations_visitor visitor = {&shown, visit_whole};
    int rc;

    key.is_request_id = uuid_parse(slice_of(id), &key.request_id);
    if (!key.is_request_id && !option_value_integer(OPTION_INTEGER, id, &key.id))
        return err_set(err, FATAL, "USAGE",
                       "\"%.40s\": expected an id of the ledger or a request's UUID", id);
    rc = output_new(invocation->arguments, OUTPUT_RECORD, show_columns, &shown.output, err);
    if (rc)
        return rc;
    rc = cancellations_show(invocation->config->postgres_conninfo, &key, &visitor, err);
    if (!rc && !shown.count)
        rc = err_set(err, FATAL, "NOT_FOUND", "there is no cancel request %.40s", id);
    if (!rc)
        rc = output_print(shown.output, err);
    output_free(shown.output);
    return rc;
}

static const struct verb verbs[] = {
    {"list", "", 0, "the requests, the newest first", list},
    {"show", "ID|REQUEST_ID", 1, "one of them, from who asked to what came of it", show},
};

static const struct flag flags[] = {
    {"organization", "ID", "with list: only those of this organisation", 0},
    {"job", "ID", "with list: only those that ask for this job", 0},
    {"requester", "ID", "with list: only those of this member", 0},
    {"outcome", "OUTCOME",
     "with list: only those that are pending, refused, withdrawn, open, honoured, overtaken or "
     "unanswered",
     0},
    {"limit", "N", "with list: at most so many, the newest first (default: 25)", 'n'},
    {"follow", NULL,
     "with list: go on until Ctrl-C, telling each request when it is new and again when its "
     "outcome changes; the newest last",
     'f'},
    OUTPUT_FLAG,
    TIME_FLAG,
};

const struct command cancellations_command = {
    .name = "cancellations",
    .summary = "Lists or shows the requests to cancel jobs, and what came of them",
    .description = "A request is pending (its job is not known yet), refused, or granted; then it\n"
                   "is open (the command was not answered yet), honoured (the job was cancelled),\n"
                   "overtaken (it ended otherwise, or began anew), unanswered, or withdrawn\n"
                   "(its creator was disputed before the command was published).\n"
                   "With --follow and --output json each line is an object.",
    .example = "  jobtrail cancellations list --organization acme --outcome refused\n"
               "  jobtrail cancellations list --follow\n"
               "  jobtrail cancellations show 9dcfdb03-d39f-43fc-a915-1cfd23b83b74",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof *verbs,
};

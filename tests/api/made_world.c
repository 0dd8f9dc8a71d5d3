// SPDX-License-Identifier: Apache-2.0
#include "api/made_world.h"

#include "live/subscriber.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/ledger_pool.h"

struct made_world made_world;

static const struct made_job beginning[] = {
    {"org-a", "a1", "Load", "ada", NULL, NULL, STATUS_RUNNING, true, true},
    {"org-a", "a2", "Seed", "ada", "https://example.test/r?\xc3\xa9", NULL, STATUS_SUCCESSFUL, true,
     true},
    {"org-a", "b1", "Load", "bob", NULL, "long text", STATUS_FAILED, true, true},
    {"org-a", "b2", "Analyze", "bob", NULL, NULL, STATUS_RUNNING, true, true},
    {"org-a", "a3", "Load", "ada", NULL, NULL, STATUS_RUNNING, false, true},
    {"org-b", "o1", "Load", "ada", NULL, NULL, STATUS_RUNNING, true, true},
};

void made_world_reset(void)
{
    memset(&made_world, 0, sizeof made_world);
    memcpy(made_world.jobs, beginning, sizeof beginning);
    made_world.job_count = sizeof beginning / sizeof *beginning;
    made_world.freshness =
        (struct viewed_freshness){.as_of_us = 1000 * US_PER_SECOND, .replayed_us = TIME_NONE};
    made_world.channel = "http";
    made_world.decided_at_us = TIME_NONE;
}

static int failing(struct err *err)
{
    return made_world.fails ? err_set(err, (enum disposition)made_world.fails, "MADE", "made up")
                            : DONE;
}

static const char primary_reader, worker_reader;

// Of whom it was asked is counted, and what a replica replays may be in the way.
int made_world_asked(const struct job_reader *reader, struct err *err)
{
    bool of_primary = (const void *)reader == &primary_reader;

    ++*(of_primary ? &made_world.asked_primary : &made_world.asked_replica);
    if (!of_primary && made_world.conflicts) {
        made_world.conflicts--;
        return err_set(err, RETRY, "MADE_CONFLICT", "made up");
    }
    return failing(err);
}

bool made_world_sees(const struct job_scope *scope, const struct made_job *job)
{
    return slice_equal(scope->organization_id, slice_of(job->organization_id)) &&
           (slice_is_null(scope->creator_id) ||
            slice_equal(scope->creator_id, slice_of(job->creator_id)));
}

static struct viewed_job view(const struct made_job *job)
{
    return (struct viewed_job){
        .columns = {.key = {slice_of(job->organization_id), slice_of(job->job_id)},
                    .status = job->status,
                    .attempt = 1,
                    .progress = PROGRESS_NONE,
                    .type = slice_of(job->type),
                    .creator_id = slice_of(job->creator_id),
                    .error_detail = slice_of(job->error_detail),
                    .result_uri = slice_of(job->result_uri),
                    .cancellable = job->cancellable,
                    .created_at_us = 0,
                    .started_at_us = TIME_NONE,
                    .finished_at_us = TIME_NONE,
                    .updated_at_us = US_PER_SECOND},
        .cursor = {.known = true, .number = 7, .job_id = slice_of(job->job_id)},
    };
}

struct job_reader *job_reader_new(const struct connection_options *options, struct err *err)
{
    static char reader;

    (void)options, (void)err;
    return (struct job_reader *)&reader;
}

void job_reader_free(struct job_reader *reader)
{
    (void)reader;
}

int job_reader_find(struct job_reader *reader, struct slice organization_id,
                    const struct slice *job_ids, size_t id_count, const struct found_job **out,
                    size_t *count, struct err *err)
{
    static struct found_job found[MADE_JOBS_MAX];

    *out = found;
    *count = 0;
    for (size_t i = 0; i < id_count; i++)
        for (size_t j = 0; j < made_world.job_count; j++) {
            const struct made_job *job = &made_world.jobs[j];

            if (slice_equal(organization_id, slice_of(job->organization_id)) &&
                slice_equal(job_ids[i], slice_of(job->job_id)))
                found[(*count)++] =
                    (struct found_job){.job = view(job),
                                       .id_lower = slice_of(job->job_id),
                                       .message_lower = slice_of(job->error_detail)};
        }
    return made_world_asked(reader, err);
}

int job_reader_lower(struct job_reader *reader, struct slice text, struct slice *out,
                     struct err *err)
{
    *out = text;
    return made_world_asked(reader, err);
}

bool job_reader_may_ask_again(const struct err *err)
{
    return !strcmp(err->reason, "MADE_CONFLICT");
}

void job_reader_notice_end(struct job_reader *reader)
{
    (void)reader;
}

void job_reader_disconnect(struct job_reader *reader)
{
    (void)reader;
}

int64_t job_reader_server_started_us(const struct job_reader *reader)
{
    (void)reader;
    return 1;
}

bool job_reader_is_connected(const struct job_reader *reader)
{
    (void)reader;
    return !made_world.fails;
}

int job_reader_connect(struct job_reader *reader, struct err *err)
{
    return made_world_asked(reader, err);
}

int job_reader_list(struct job_reader *reader, const struct job_scope *scope,
                    const struct job_filter *filter, const struct job_page *page,
                    struct viewed_jobs *out, struct err *err)
{
    static struct viewed_job jobs[16];

    made_world.scope = *scope;
    made_world.filter = *filter;
    made_world.page = *page;
    *out =
        (struct viewed_jobs){.jobs = jobs, .more = made_world.more, .bounded = made_world.bounded};
    for (size_t i = 0; i < made_world.job_count && out->count < page->limit; i++)
        if (made_world_sees(scope, &made_world.jobs[i]))
            jobs[out->count++] = view(&made_world.jobs[i]);
    return made_world_asked(reader, err);
}

int job_reader_show(struct job_reader *reader, const struct job_scope *scope, struct slice job_id,
                    const struct viewed_job **out, struct err *err)
{
    static struct viewed_job job;

    made_world.shows++;
    *out = NULL;
    for (size_t i = 0; i < made_world.job_count; i++)
        if (made_world_sees(scope, &made_world.jobs[i]) &&
            slice_equal(job_id, slice_of(made_world.jobs[i].job_id))) {
            job = view(&made_world.jobs[i]);
            *out = &job;
        }
    return made_world_asked(reader, err);
}

int job_reader_history(struct job_reader *reader, const struct job_scope *scope,
                       struct slice job_id, const struct viewed_event **out, size_t *count,
                       struct err *err)
{
    static struct viewed_event event = {.set = {"creation", 8}, .kind = {"JobCreated", 10}};

    (void)scope, (void)job_id;
    *out = &event;
    *count = 1;
    return made_world_asked(reader, err);
}

static int by_text(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

int job_reader_types(struct job_reader *reader, const struct job_scope *scope, struct slice from,
                     size_t limit, const struct slice **out, size_t *count, struct err *err)
{
    static struct slice types[16];
    size_t all = 0;

    for (size_t i = 0; i < made_world.job_count; i++)
        if (made_world_sees(scope, &made_world.jobs[i]) &&
            slice_compare(from, slice_of(made_world.jobs[i].type)) <= 0)
            types[all++] = slice_of(made_world.jobs[i].type);
    qsort(types, all, sizeof *types, by_text);
    *count = 0;
    for (size_t i = 0; i < all && *count < limit; i++)
        if (!*count || !slice_equal(types[i], types[*count - 1]))
            types[(*count)++] = types[i];
    *out = types;
    return made_world_asked(reader, err);
}

static struct viewed_cancellation view_request(size_t place)
{
    return (struct viewed_cancellation){
        .request_id = made_world.request_id[place],
        .job_id = slice_of(made_world.job_id[place]),
        .requester_id = slice_of(made_world.requester[place]),
        .outcome = slice_of(
            made_world.ledger[place].verdict->decision == CANCEL_GRANTED ? "open" : "refused"),
        .reason_code = slice_of(cancel_reason_name(made_world.ledger[place].verdict->reason_code)),
        .reason = made_world.reason[place][0] ? slice_of(made_world.reason[place]) : SLICE_NULL,
        .attempt = 1,
        .received_at_us = 1002 * US_PER_SECOND,
        .channel = slice_of(made_world.channel),
        .decision = slice_of(cancel_decision_name(made_world.ledger[place].verdict->decision)),
        .decided_at_us = made_world.decided_at_us,
        .issued_at_us = TIME_NONE,
        .published_at_us = TIME_NONE,
        .answer_by_us = TIME_NONE,
        .waits_until_us = TIME_NONE,
    };
}

static bool sees(const struct job_scope *scope, size_t place)
{
    if (slice_is_null(scope->creator_id) ||
        slice_equal(scope->creator_id, slice_of(made_world.requester[place])))
        return true;
    for (size_t i = 0; i < made_world.job_count; i++)
        if (!strcmp(made_world.jobs[i].job_id, made_world.job_id[place]))
            return made_world_sees(scope, &made_world.jobs[i]);
    return false;
}

int job_reader_cancellations(struct job_reader *reader, const struct job_scope *scope,
                             const struct cancellations_asked *asked_for,
                             const struct viewed_cancellation **out, size_t *count, struct err *err)
{
    static struct viewed_cancellation found[16];
    const struct uuid *only = asked_for->request_id;

    // Which comes first, and where a page begins, is held by tests/store/reader.
    made_world.cancellations_after = asked_for->after;
    *count = 0;
    for (size_t i = 0; i < made_world.ledger_count && *count < asked_for->limit; i++)
        if (slice_equal(asked_for->job_id, slice_of(made_world.job_id[i])) && sees(scope, i) &&
            (!only || !uuid_compare(only, &made_world.request_id[i])))
            found[(*count)++] = view_request(i);
    *out = found;
    return made_world_asked(reader, err);
}

int job_reader_cancellation(struct job_reader *reader, struct slice organization_id,
                            struct slice requester_id, const struct uuid *request_id,
                            const struct viewed_cancellation **out, struct err *err)
{
    static struct viewed_cancellation found;

    (void)organization_id;
    *out = NULL;
    for (size_t i = 0; i < made_world.ledger_count; i++)
        if (!uuid_compare(request_id, &made_world.request_id[i]) &&
            slice_equal(requester_id, slice_of(made_world.requester[i]))) {
            found = view_request(i);
            *out = &found;
        }
    return made_world_asked(reader, err);
}

int job_reader_freshness(struct job_reader *reader, const char *const *event_topics,
                         struct viewed_freshness *out, struct err *err)
{
    (void)event_topics;
    *out = made_world.freshness;
    return made_world_asked(reader, err);
}

int job_reader_position(struct job_reader *reader, const struct source *source,
                        int64_t *next_offset, struct err *err)
{
    (void)source;
    *next_offset = made_world.position_passed ? INT64_MAX : -1;
    return made_world_asked(reader, err);
}

enum viewer_verdict viewer_identify(const struct viewer_rules *rules, const struct request *request,
                                    struct slice organization_id, int64_t now_us,
                                    struct arena *arena, struct viewer *out, struct err *err)
{
    static char text[256];
    struct slice value = request_header(request, "Authorization");
    char *role, *member, *organization;

    (void)rules, (void)now_us, (void)arena;
    made_world.identified++;
    if (slice_is_null(value))
        return VIEWER_NO_TOKEN;
    snprintf(text, sizeof text, "%.*s", (int)value.size, value.data);
    if (!strcmp(text, "Bearer bad")) {
        err_set(err, POISON, "TOKEN_EXPIRED", "made up");
        return VIEWER_NOT_AUTHENTICATED;
    }
    if (!strcmp(text, "Bearer later")) {
        err_set(err, RETRY, "KEY_SET_UNREACHABLE", "made up");
        return VIEWER_UNDECIDED;
    }
    role = text + strlen("Bearer ");
    member = strchr(role, ':') + 1;
    organization = strchr(member, ':') + 1;
    member[-1] = organization[-1] = '\0';
    if (!slice_equal(organization_id, slice_of(organization))) {
        *out = (struct viewer){.organization_id = SLICE_LITERAL(""), .member = slice_of(member)};
        return VIEWER_OTHER_ORGANIZATION;
    }
    *out = (struct viewer){organization_id, slice_of(member),
                           !strcmp(role, "Administrator") ? ROLE_ADMINISTRATOR
                           : !strcmp(role, "Manager")     ? ROLE_MANAGER
                           : !strcmp(role, "User")        ? ROLE_USER
                                                          : ROLE_NONE,
                           INT64_MAX};
    return VIEWER_KNOWN;
}

static int read_facts(void *self, const struct cancel_request *requests, size_t count,
                      const struct gate_facts **facts, struct err *err)
{
    static struct gate_facts known;

    (void)self;
    assert_int_equal(count, 1);
    assert_true(requests->authenticated && !requests->may_wait);
    assert_true(slice_is_null(requests->origin.source.topic));
    known = (struct gate_facts){0};
    for (size_t i = 0; i < made_world.ledger_count; i++)
        if (!uuid_compare(&requests->request_id, &made_world.request_id[i]) &&
            slice_equal(requests->requester_id, slice_of(made_world.requester[i]))) {
            known.earlier.known = known.earlier.decided = true;
            known.earlier.job_id = slice_of(made_world.job_id[i]);
            known.earlier.decision = made_world.ledger[i].verdict->decision;
            known.earlier.reason_code = made_world.ledger[i].verdict->reason_code;
        }
    for (size_t i = 0; i < made_world.job_count; i++) {
        const struct made_job *job = &made_world.jobs[i];

        if (!slice_equal(requests->organization_id, slice_of(job->organization_id)) ||
            !slice_equal(requests->job_id, slice_of(job->job_id)))
            continue;
        known.job.known = known.job.creation_known = true;
        known.job.type = slice_of(job->type);
        known.job.creator_id = slice_of(job->creator_id);
        known.job.cancellable = job->cancellable;
        known.job.attempt = 1;
        known.job.status = job->status;
    }
    *facts = &known;
    return failing(err);
}

static int write_entries(void *self, const struct ledger_write *write, struct err *err)
{
    static struct gate_verdict verdicts[16];
    size_t place = made_world.ledger_count;
    const struct cancel_request *request = write->entries->request;

    (void)self;
    made_world.decisions++;
    if (write->entries->verdict->action != GATE_DECIDE)
        return failing(err);
    verdicts[place] = *write->entries->verdict;
    made_world.ledger[place].verdict = &verdicts[place];
    made_world.request_id[place] = request->request_id;
    snprintf(made_world.job_id[place], 64, "%.*s", (int)request->job_id.size, request->job_id.data);
    snprintf(made_world.requester[place], 64, "%.*s", (int)request->requester_id.size,
             request->requester_id.data);
    snprintf(made_world.reason[place], 64, "%.*s", (int)request->reason.size,
             request->reason.size ? request->reason.data : "");
    made_world.ledger_count++;
    return failing(err);
}

static const struct ledger_port port = {.read = read_facts, .write = write_entries};

const struct ledger_port *ledger_port(struct ledger *ledger)
{
    (void)ledger;
    return &port;
}

int ledger_pool_take(struct ledger_pool *pool, struct ledger **out, struct err *err)
{
    (void)pool;
    *out = NULL;
    return failing(err);
}

void ledger_pool_give(struct ledger_pool *pool, struct ledger *ledger)
{
    (void)pool, (void)ledger;
}

static size_t add_headers(struct named_text *out, const char *token, const char *const *headers)
{
    size_t count = 0;

    if (token)
        out[count++] = (struct named_text){SLICE_LITERAL("Authorization"), slice_of(token)};
    for (; headers && *headers; headers += 2)
        out[count++] = (struct named_text){slice_of(headers[0]), slice_of(headers[1])};
    return count;
}

void made_ask(struct made_answer *answer, const char *method, const char *target, const char *token,
              const char *const *headers, const char *body)
{
    static const char *const origins[] = {"https://portal.example", NULL};
    static const char *const topics[] = {"job.events", NULL};
    static struct rate *rate;
    struct named_text list[8];
    struct api api = {.base_url = made_world.base_url ? made_world.base_url : "",
                      .cors_origins = origins,
                      .event_topics = topics,
                      .silence = made_world.silence,
                      .wait_for_us = 5 * US_PER_SECOND};
    struct reader_link primary = {.reader = (struct job_reader *)(uintptr_t)&primary_reader};
    struct visit *visit = &answer->visit;
    struct err err;

    if (!rate)
        assert_int_equal(rate_new(1000000, 1000000, &rate, &err), DONE);
    api.rate = api.cancel_rate = rate;
    api.page = made_world.page_files;
    api.hub = made_world.hub;
    api.gate.rules = (struct gate_rules){INT64_MAX / 2, made_world.wait_us, 1};
    memset(&answer->link, 0, sizeof answer->link);
    answer->link.reader = (struct job_reader *)(uintptr_t)&worker_reader;
    if (made_world.has_replica)
        answer->link.primary = &primary;
    visit_init(visit);
    visit->now_us = 1002 * US_PER_SECOND;
    visit->monotonic_us = 10 * US_PER_SECOND;
    visit->request.method = request_method(method);
    visit->request.headers = list;
    visit->request.header_count = add_headers(list, token, headers);
    visit->request.body = slice_of(body);
    answer->outcome = api_answer(&api, &answer->link, visit, slice_of(target));
    visit->request.headers = NULL;
    visit->request.header_count = 0;
    answer->json = json_loadb(visit->response.body.data ? visit->response.body.data : "",
                              visit->response.body.size, 0, NULL);
    answer->link.primary = NULL; // it was ours
}

void made_answer_free(struct made_answer *answer)
{
    json_decref(answer->json);
    subscriber_free(answer->visit.subscriber);
    visit_free(&answer->visit);
}

const char *answer_text(const struct made_answer *answer, const char *member)
{
    const char *text = json_string_value(json_object_get(answer->json, member));

    return text ? text : "";
}

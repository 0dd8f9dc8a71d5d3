// SPDX-License-Identifier: Apache-2.0
#include "cli/api/api_stream.h"

#include <stdio.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/random.h"
#include "cli/api/api_problem.h"
#include "cli/session/issuer.h"
#include "fetch/event_stream.h"
#include "json/parse.h"

enum {
    SILENCE_MS = 30 * 1000,
    NEWS_MAX_BYTES = 1024 * 1024,
    BACKOFF_BASE_MS = 1000,
    BACKOFF_MAX_MS = 30 * 1000,
    ASKING_BASE_MS = 2 * 1000,
    ASKING_MS = 2 * 60 * 1000, // then the stream is tried again
    ENOUGH = -1,               // the visitor has enough: none of the dispositions
};

#define QUIET_US (5 * US_PER_SECOND)

struct following {
    struct api_client *client;
    const struct stream_visitor *visitor;
    struct event_stream events;
    char last_id[FETCH_HEADER_SIZE];
    unsigned failures; // in a row
    int64_t failed_us; // when the first of them was
    bool is_open;      // something was told on this connection
    bool was_silent;   // nothing was, for so long that nothing will be
    bool asks;         // it was said, likewise, that it asks instead
    bool was_told;     // this outage was said on standard error
    bool has_failed;   // the visitor failed, or the stream makes no sense: not to be tried again
    bool has_expired;  // the token expired
};

static int too_old(struct err *err)
{
    return err_set(
        err, FATAL, "TOO_OLD",
        "this server has no live stream: it is older than this command, which needs one");
}

int api_stream_require(const struct api_answer *list, struct err *err)
{
    if (*list->stream_from.value)
        return DONE;
    return err_set(err, RETRY, "NO_STREAM",
                   "this server has no live stream just now, which this command needs: try again; "
                   "if it stays so, the server is older than this command");
}

int64_t api_stream_backoff_ms(int64_t base_ms, unsigned failures, uint64_t random)
{
    return backoff_between(base_ms, BACKOFF_MAX_MS, failures, random);
}

static bool kind_of(struct slice event, enum stream_news_kind *kind)
{
    static const char *const names[] = {
        [NEWS_JOB] = "job", [NEWS_GONE] = "gone", [NEWS_FRESH] = "fresh", [NEWS_RESET] = "reset"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_equal(event, slice_of(names[i]))) {
            *kind = (enum stream_news_kind)i;
            return true;
        }
    return false;
}

static void keep_id(struct following *following, struct slice id)
{
    // It goes into a header.
    if (id.size && id.size < sizeof following->last_id && !memchr(id.data, '\0', id.size))
        snprintf(following->last_id, sizeof following->last_id, "%.*s", (int)id.size, id.data);
}

static int hand_on(struct following *following, enum stream_news_kind kind, const json_t *body,
                   struct err *err)
{
    struct stream_news news = {kind, body};
    bool enough = false;
    int rc = following->visitor->visit(following->visitor->self, &news, &enough, err);

    following->has_failed = rc;
    return !rc && enough ? ENOUGH : rc;
}

// A message of an unknown kind comes from a later server, and is ignored.
static int take_message(void *self, const struct event_message *message, struct err *err)
{
    struct following *following = self;
    enum stream_news_kind kind = NEWS_FRESH;
    bool is_known = kind_of(message->event, &kind), no_memory;
    bool is_end = slice_equal(message->event, SLICE_LITERAL("end"));
    json_error_t error;
    json_t *body;
    int rc = DONE;

    following->failures = 0;
    following->was_told = following->asks = false;
    following->is_open = true;
    if (!is_known && !is_end)
        return DONE;
    body = json_parse(message->data, &error, &no_memory);
    if (no_memory)
        return err_no_memory(err);
    if (!json_is_object(body))
        rc = err_set(err, RETRY, API_AWAY, "the stream has a message that is no JSON object");
    else if (is_known)
        rc = hand_on(following, kind, body, err);
    else
        following->has_expired =
            json_is_string(json_object_get(body, "reason")) &&
            !strcmp(json_string_value(json_object_get(body, "reason")), "token_expired");
    if (!rc || rc == ENOUGH)
        keep_id(following, message->id);
    json_decref(body);
    return rc;
}

static int take_bytes(void *self, struct slice bytes, struct err *err)
{
    struct following *following = self;
    struct event_visitor visitor = {following, take_message};
    int rc = event_stream_take(&following->events, bytes, &visitor, err);

    if (rc == RETRY && !strcmp(err->reason, EVENT_TOO_LARGE))
        following->has_failed = true; // another attempt would fail alike
    return rc;
}

// What follows from an answer that was no stream, or from the end of one: DONE to connect again.
static int judge_answer(struct following *following, const struct api_question *question,
                        const struct api_answer *answer, struct err *err)
{
    bool renewed = false;
    int rc;

    if (answer->status == 401 || following->has_expired) {
        rc = api_client_renew(following->client, &renewed, err);
        if (rc || renewed)
            return rc;
        following->has_failed = true;
        if (answer->status == 401)
            return api_problem_tell(following->client, question, answer, err);
        return err_set(err, FATAL, API_NOT_AUTHENTICATED,
                       "the token has expired; with --token-file or JOBTRAIL_TOKEN_FILE a new one "
                       "is taken from the file, if it is there before the old one ends");
    }
    if (answer->status == 404 || answer->status == 405 || answer->status == 406 ||
        answer->status == 501)
        return too_old(err);
    // A stream that ended well is connected to again: the server may have been restarted.
    if (answer->status == 200)
        return err_set(err, RETRY, API_AWAY, "the API has ended the stream");
    return api_problem_tell(following->client, question, answer, err);
}

static int connect_once(struct following *following, const char *query, struct err *err)
{
    struct api_question question = {.path = "/stream", .query = query};
    struct fetch_listener listener = {following, take_bytes, SILENCE_MS};
    struct api_answer answer;
    int64_t since_us = clock_monotonic_us();
    int rc;

    event_stream_restart(&following->events);
    following->has_expired = following->is_open = false;
    rc = api_listen(following->client, &question, following->last_id, &listener, &answer, err);
    following->was_silent =
        !following->is_open && clock_monotonic_us() - since_us >= SILENCE_MS * INT64_C(1000);
    if (!rc)
        rc = judge_answer(following, &question, &answer, err);
    api_answer_free(&answer);
    return rc;
}

// Whether trying again later may help.
static bool may_pass(const struct following *following, int rc, const struct err *err)
{
    return rc == RETRY && !following->has_failed &&
           (!strcmp(err->reason, API_AWAY) || !strcmp(err->reason, ISSUER_AWAY) ||
            !strcmp(err->reason, FETCH_TOO_LARGE));
}

static int wait_to_connect(struct following *following, struct err *err)
{
    int64_t base_ms =
        following->events.retry_ms >= 0 ? following->events.retry_ms : BACKOFF_BASE_MS;

    if (!following->failures)
        following->failed_us = clock_monotonic_us();
    // A restart of the server is no news.
    if (clock_monotonic_us() - following->failed_us >= QUIET_US && !following->was_told) {
        fprintf(stderr, "jobtrail: %s; trying again\n", err->text);
        following->was_told = true;
    }
    return api_wait(api_stream_backoff_ms(base_ms, following->failures++, random_u64()), err);
}

// The visitor reads anew what it shows, as though something had been missed. That the API is away
// is no failure of the visitor's: the stream is tried again.
static int ask_anew(struct following *following, struct err *err)
{
    json_t *nothing = json_object();
    int rc = nothing ? hand_on(following, NEWS_RESET, nothing, err) : err_no_memory(err);

    json_decref(nothing);
    if (rc == RETRY && !strcmp(err->reason, API_AWAY))
        following->has_failed = false;
    return rc;
}

// Where the API answers and its stream does not come, as behind a proxy that holds back what it
// should hand on, what is shown is asked for, at an interval that slows down.
static int ask_instead(struct following *following, struct err *err)
{
    int64_t until_us = clock_monotonic_us() + ASKING_MS * INT64_C(1000);
    int64_t wait_ms = ASKING_BASE_MS;
    int rc = ask_anew(following, err);

    if (rc)
        return rc;
    if (!following->asks)
        fprintf(stderr,
                "jobtrail: the live stream does not come through; asking again every %d to %d s, "
                "and trying it again later\n",
                ASKING_BASE_MS / 1000, BACKOFF_MAX_MS / 1000);
    following->was_told = following->asks = true;
    while (!rc && clock_monotonic_us() < until_us) {
        rc = api_wait(wait_ms, err);
        if (!rc)
            rc = ask_anew(following, err);
        wait_ms = wait_ms * 2 < BACKOFF_MAX_MS ? wait_ms * 2 : BACKOFF_MAX_MS;
    }
    return rc;
}

// What precedes another attempt.
static int mend(struct following *following, struct err *err)
{
    int rc = RETRY;

    if (following->was_silent)
        rc = ask_instead(following, err);
    else if (following->failures && !following->is_open)
        rc = ask_anew(following, err);
    else
        return wait_to_connect(following, err);
    return !rc || may_pass(following, rc, err) ? wait_to_connect(following, err) : rc;
}

int api_stream_follow(struct api_client *client, const char *query, const char *from,
                      const struct stream_visitor *visitor, struct err *err)
{
    struct following following = {.client = client, .visitor = visitor};
    int rc;

    event_stream_init(&following.events, NEWS_MAX_BYTES);
    keep_id(&following, slice_of(from));
    do {
        rc = connect_once(&following, query, err);
        if (may_pass(&following, rc, err))
            rc = mend(&following, err);
    } while (!rc);
    event_stream_free(&following.events);
    return rc == ENOUGH ? DONE : rc;
}

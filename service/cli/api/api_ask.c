// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/api/api_client_private.h"
#include "cli/api/api_problem.h"
#include "cli/terminal/interrupt.h"
#include "json/parse.h"

enum {
    BUSY_TRIES = 5,
    BUSY_WAIT_MAX_MS = 10 * 1000,
    NOT_AUTHENTICATED = 401,
    TOO_MANY_REQUESTS = 429,
    WORTH_TELLING_S = 10,
    HEADERS_MAX = 4, // NULL included
};

#define CLOCKS_AGREE_US (3 * US_PER_SECOND)

// An answer that is no JSON, like a proxy's page, is no error here: its status tells enough.
static int read_json(struct api_answer *answer, const struct buffer *text, struct err *err)
{
    json_error_t error;
    bool no_memory = false;

    answer->json = text->size ? json_parse(buffer_slice(text), &error, &no_memory) : NULL;
    return no_memory ? err_no_memory(err) : DONE;
}

// The header with the token, which may change from one question to the next; malloc'ed.
static char *authorization(const struct api_client *client)
{
    static const char begin[] = "Authorization: Bearer ";
    size_t size = sizeof begin + client->token.size;
    char *header = malloc(size);

    if (header)
        snprintf(header, size, "%s%.*s", begin, (int)client->token.size, client->token.data);
    return header;
}

static int fetch_with_token(struct api_client *client, struct fetch_request *request,
                            const struct fetch_listener *listener, long *status, struct err *err)
{
    const char *headers[HEADERS_MAX + 1] = {NULL};
    char *token = authorization(client);
    int rc;

    if (!token)
        return err_no_memory(err);
    headers[0] = token;
    for (size_t i = 0; request->headers[i]; i++)
        headers[i + 1] = request->headers[i];
    request->headers = headers;
    if (listener)
        rc = fetch_stream(client->fetcher, request, listener, status, &client->answer, err);
    else
        rc = fetch(client->fetcher, request, status, &client->answer, err);
    explicit_bzero(token, strlen(token));
    free(token);
    return rc;
}

// A date is whole seconds, and was on its way: less than that is no difference.
static void keep_clock(struct api_client *client, const char *date)
{
    int64_t date_us = *date ? fetch_date_us(date) : TIME_NONE;
    int64_t ahead_us = date_us == TIME_NONE ? 0 : date_us - clock_now_us();

    client->ahead_us = ahead_us > CLOCKS_AGREE_US || ahead_us < -CLOCKS_AGREE_US ? ahead_us : 0;
}

// Asks, and takes one answer, or with a listener a stream.
static int exchange(struct api_client *client, const struct api_question *question,
                    const char *const *headers, const struct fetch_listener *listener,
                    struct api_answer *answer, struct err *err)
{
    struct fetch_header wanted[] = {{.name = "Retry-After"},
                                    {.name = "Jobtrail-Stream-From"},
                                    {.name = "Jobtrail-Seconds-Behind"},
                                    {.name = "Date"}};
    struct fetch_request request = {.shown = client->settings.url,
                                    .body = question->body,
                                    .reason = API_AWAY,
                                    .headers = headers,
                                    .wanted = wanted,
                                    .wanted_count = sizeof wanted / sizeof *wanted,
                                    .is_over = interrupt_seen};
    struct buffer url;
    int rc;

    *answer = (struct api_answer){0};
    rc = api_client_prepare(client, err);
    if (rc)
        return rc;
    buffer_init(&url);
    api_write_url(&url, client, question);
    request.url = url.data;
    rc = url.failed ? err_no_memory(err)
                    : fetch_with_token(client, &request, listener, &answer->status, err);
    buffer_free(&url);
    answer->retry_after = wanted[0];
    answer->stream_from = wanted[1];
    answer->seconds_behind = wanted[2];
    keep_clock(client, wanted[3].value);
    return rc ? rc : read_json(answer, &client->answer, err);
}

int api_wait(int64_t timeout_ms, struct err *err)
{
    int64_t until_us = clock_monotonic_us() + timeout_ms * 1000;

    while (!interrupt_seen()) {
        int64_t left_us = until_us - clock_monotonic_us();

        if (left_us <= 0)
            return DONE;
        poll(NULL, 0, (int)(left_us / 1000) + 1);
    }
    return err_set(err, RETRY, FETCH_OVER, "interrupted");
}

static int wait_as_told(const struct api_answer *answer, struct err *err)
{
    long seconds = strtol(answer->retry_after.value, NULL, 10);
    int64_t wait_ms = seconds < 1 ? 1000 : seconds * 1000;

    return api_wait(wait_ms < BUSY_WAIT_MAX_MS ? wait_ms : BUSY_WAIT_MAX_MS, err);
}

// A token that was refused may have been renewed, or can be.
static int ask_once_more(struct api_client *client, const struct api_question *question,
                         const char *const *headers, struct api_answer *answer, struct err *err)
{
    bool renewed;
    int rc = api_client_renew(client, &renewed, err);

    if (!rc && !renewed)
        return DONE;
    api_answer_free(answer);
    return rc ? rc : exchange(client, question, headers, NULL, answer, err);
}

int api_ask(struct api_client *client, const struct api_question *question,
            struct api_answer *answer, struct err *err)
{
    const char *headers[HEADERS_MAX] = {"Accept: application/json, application/problem+json"};
    char key[64];
    size_t count = 1;
    int rc;

    if (question->body)
        headers[count++] = "Content-Type: application/json";
    if (question->request_id) {
        snprintf(key, sizeof key, "Idempotency-Key: %s", question->request_id);
        headers[count++] = key;
    }
    rc = exchange(client, question, headers, NULL, answer, err);
    if (!rc && answer->status == NOT_AUTHENTICATED)
        rc = ask_once_more(client, question, headers, answer, err);
    for (int tries = 1; !rc && answer->status == TOO_MANY_REQUESTS && tries < BUSY_TRIES; tries++) {
        rc = wait_as_told(answer, err);
        api_answer_free(answer);
        if (!rc)
            rc = exchange(client, question, headers, NULL, answer, err);
    }
    return rc;
}

int api_get(struct api_client *client, const struct api_question *question,
            struct api_answer *answer, struct err *err)
{
    int rc = api_ask(client, question, answer, err);

    if (rc || (answer->status < 300 && json_is_object(answer->json)))
        return rc;
    rc = api_problem_tell(client, question, answer, err);
    api_answer_free(answer);
    return rc;
}

void api_tell_freshness(const struct api_answer *answer)
{
    double seconds = strtod(answer->seconds_behind.value, NULL);

    if (seconds >= (double)WORTH_TELLING_S && seconds < 1e9)
        fprintf(stderr, "jobtrail: this is what was known %.0f s ago\n", seconds);
}

void api_answer_free(struct api_answer *answer)
{
    json_decref(answer->json);
    answer->json = NULL;
}

int api_listen(struct api_client *client, const struct api_question *question,
               const char *last_event_id, const struct fetch_listener *listener,
               struct api_answer *answer, struct err *err)
{
    const char *headers[HEADERS_MAX] = {"Accept: text/event-stream, application/problem+json"};
    char last[FETCH_HEADER_SIZE + 16];

    if (*last_event_id) {
        snprintf(last, sizeof last, "Last-Event-ID: %s", last_event_id);
        headers[1] = last;
    }
    return exchange(client, question, headers, listener, answer, err);
}

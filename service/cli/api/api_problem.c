// SPDX-License-Identifier: Apache-2.0
#include "cli/api/api_problem.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/api/api_client_private.h"
#include "cli/api/cancellation_words.h"
#include "cli/api/vocabulary.h"
#include "cli/session/token_payload.h"
#include "cli/terminal/terminal_text.h"

enum { WORDS_SIZE = 200, ID_SIZE = 120 };

// A text of the answer, fit for a terminal; "" if it is not there.
static void read_words(const json_t *json, const char *name, char out[WORDS_SIZE])
{
    const json_t *text = json_object_get(json, name);

    terminal_text_copy(out, WORDS_SIZE,
                       (struct slice){json_string_value(text), json_string_length(text)});
}

static bool is_of_type(const json_t *json, const char *end)
{
    const char *type = json_string_value(json_object_get(json, "type"));
    size_t size = strlen(end);

    return type && strlen(type) >= size && !strcmp(type + strlen(type) - size, end);
}

static const char *token_words(const char *code)
{
    static const struct {
        const char *code, *words;
    } all[] = {
        {"TOKEN_EXPIRED", "it has expired"},
        {"TOKEN_NOT_YET_VALID", "it is not valid yet"},
        {"TOKEN_ISSUER", "it comes from an issuer that the server does not take tokens of"},
        {"TOKEN_AUDIENCE", "it was issued for another service (claim aud)"},
        {"TOKEN_SIGNATURE", "its signature is wrong"},
        {"TOKEN_KEY_UNKNOWN", "it is signed with a key that the server does not know"},
        {"TOKEN_MALFORMED", "it is not a signed token (JWT)"},
        {"TOKEN_TOO_LONG",
         "it has more than the 16 KiB that the server reads; let its issuer leave claims out"},
        {"TOKEN_ALGORITHM", "it is signed in a way that the server does not take"},
        {"TOKEN_TYPE", "it is a token of another kind (header typ)"},
        {"TOKEN_CLAIM", "a claim is missing or of another form"},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(all[i].code, code))
            return all[i].words;
    return NULL;
}

static int tell_of_token(const struct api_problem_of *problem, struct err *err)
{
    char code[WORDS_SIZE], own[TOKEN_WORDS_SIZE];
    const char *words;

    read_words(problem->json, "detail", code);
    token_payload_words(problem->claims, problem->now_us, own);
    words = *own ? own : token_words(code);
    if (!words)
        words = *code ? code : "it does not say why";
    return err_set(err, FATAL, API_NOT_AUTHENTICATED,
                   "the API does not accept the token: %s; get a new one (\"jobtrail login\", "
                   "--token-file, JOBTRAIL_TOKEN_FILE or JOBTRAIL_TOKEN)",
                   words);
}

// The service names the path that reached it (RFC 9457, instance), which has that of http.base-url
// in front.
static bool came_as_another(const struct api_problem_of *problem)
{
    const json_t *instance = json_object_get(problem->json, "instance");
    size_t size = json_string_length(instance), asked = problem->path.size;

    return json_is_string(instance) && asked &&
           (size < asked ||
            memcmp(json_string_value(instance) + size - asked, problem->path.data, asked) != 0);
}

static int tell_of_missing(const struct api_problem_of *problem, struct err *err)
{
    char job[ID_SIZE], organization[ID_SIZE];

    terminal_text_copy(organization, sizeof organization, slice_of(problem->organization));
    terminal_text_copy(job, sizeof job, slice_of(problem->job_id));
    if (is_of_type(problem->json, "/no-such-job"))
        return err_set(err, FATAL, API_NO_SUCH_JOB,
                       "there is no job %s in %s, or it is none that you may see", job,
                       organization);
    if (came_as_another(problem))
        return err_set(err, FATAL, API_NOT_FOUND,
                       "something in front of the API changes addresses on their way: it has to "
                       "hand them on as they come");
    if (json_is_object(problem->json))
        return err_set(err, FATAL, API_NOT_FOUND,
                       "the API has nothing under the organisation %s for this token: "
                       "--organization must be the token's own",
                       organization);
    return err_set(err, FATAL, API_NOT_FOUND,
                   "nothing is found (404), and not in the words of the API: is url right?");
}

static int tell_of_refusal(const struct api_problem_of *problem, struct err *err)
{
    char code[WORDS_SIZE], title[WORDS_SIZE];
    const char *words;

    read_words(problem->json, "detail", code);
    read_words(problem->json, "title", title);
    if (is_of_type(problem->json, ":not-creator"))
        snprintf(code, sizeof code, "NOT_CREATOR");
    words = cancellation_reason_words(slice_of(code));
    if (words)
        return err_set(err, FATAL, API_REFUSED, "refused: %s (%s)", words, code);
    return err_set(err, FATAL, API_REFUSED, "refused: %s", *title ? title : "it does not say why");
}

static int tell_of_delay(const struct api_problem_of *problem, const char *title, struct err *err)
{
    long seconds = strtol(problem->retry_after, NULL, 10);

    if (seconds > 0)
        return err_set(err, RETRY, API_AWAY, "the API: %s (%ld): try again in %ld s",
                       *title ? title : "not now", problem->status, seconds);
    return err_set(err, RETRY, API_AWAY, "the API: %s (%ld): try again later",
                   *title ? title : "not now", problem->status);
}

static int tell_of_rest(const struct api_problem_of *problem, struct err *err)
{
    char title[WORDS_SIZE], detail[WORDS_SIZE], parameter[WORDS_SIZE], allowed[WORDS_SIZE];

    read_words(problem->json, "detail", detail);
    read_words(problem->json, "title", title);
    read_words(problem->json, "parameter", parameter);
    read_words(problem->json, "allowed", allowed);
    if (problem->status == 429 || (problem->status > 501 && problem->status < 505))
        return tell_of_delay(problem, title, err);
    if (problem->status == 431)
        return err_set(err, FATAL, API_NOT_AUTHENTICATED,
                       "the request's headers are more than the API takes: the token is too long; "
                       "let its issuer leave claims out");
    if (*parameter && flag_of_parameter(parameter))
        return err_set(err, FATAL, "USAGE", "--%s: the API does not take it: expected %s",
                       flag_of_parameter(parameter), allowed);
    if (*parameter)
        return err_set(err, FATAL, "USAGE", "the API does not take %s: expected %s", parameter,
                       allowed);
    if (problem->status >= 300 && problem->status < 400)
        return err_set(err, FATAL, "API",
                       "the API's address has moved (%ld); it is not followed, for the token's "
                       "sake: set url to where it is now",
                       problem->status);
    if (*title)
        return err_set(err, FATAL, "API", "the API: %s (%ld)%s%s", title, problem->status,
                       *detail ? ": " : "", detail);
    return err_set(err, FATAL, "API",
                   "an answer with status %ld that is not in the words of the API: is url right?",
                   problem->status);
}

int api_problem_words(const struct api_problem_of *problem, struct err *err)
{
    switch (problem->status) {
    case 401:
        return tell_of_token(problem, err);
    case 404:
        return tell_of_missing(problem, err);
    case 403:
    case 409:
    case 422:
        return json_is_object(problem->json) ? tell_of_refusal(problem, err)
                                             : tell_of_rest(problem, err);
    default:
        return tell_of_rest(problem, err);
    }
}

int api_problem_tell(const struct api_client *client, const struct api_question *question,
                     const struct api_answer *answer, struct err *err)
{
    struct api_problem_of problem = {.status = answer->status,
                                     .json = answer->json,
                                     .retry_after = answer->retry_after.value,
                                     .organization = api_client_organization(client),
                                     .job_id = question->ids[0],
                                     .claims = api_client_claims(client),
                                     .now_us = clock_now_us()};
    struct buffer path;
    int rc;

    buffer_init(&path);
    api_write_path(&path, client, question);
    if (!path.failed)
        problem.path = buffer_slice(&path);
    rc = api_problem_words(&problem, err);
    buffer_free(&path);
    return rc;
}

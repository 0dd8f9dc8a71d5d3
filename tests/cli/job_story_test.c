// SPDX-License-Identifier: Apache-2.0
// The part that each event of a history plays, and why a job is in its state: by the rules of the
// fold, for each status.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/jobs/cancel_outcome.h"
#include "cli/jobs/job_roles.h"
#include "cli/jobs/job_story.h"
#include "support/failing_malloc.h"
#include "json/parse.h"

static json_t *read_json(const char *text)
{
    json_error_t error;
    bool no_memory;
    json_t *json = json_parse(slice_of(text), &error, &no_memory);

    assert_non_null(json);
    return json;
}

#define EVENT(set, kind, attempt)                                                                  \
    "{\"set\":\"" set "\",\"kind\":\"" kind "\",\"attempt\":" #attempt "}"
#define CREATION(attempt, rest)                                                                    \
    "{\"set\":\"creation\",\"kind\":\"JobCreated\",\"attempt\":" #attempt                          \
    ",\"processID\":\"Load\"" rest "}"

static void plays(const char *job_text, const char *events_text, const char *expected)
{
    json_t *job = read_json(job_text), *events = read_json(events_text);
    char found[512] = "";

    for (size_t i = 0; i < json_array_size(events); i++) {
        strcat(found, event_role_name(event_role_of(job, events, i)));
        strcat(found, ";");
    }
    assert_string_equal(found, expected);
    json_decref(job);
    json_decref(events);
}

static void each_event_plays_a_part(void **state)
{
    (void)state;
    plays("{\"attempt\":2}",
          "[" EVENT("start", "JobStarted", 2) "," EVENT("start", "JobStarted", 2) "," EVENT(
              "start", "JobStarted",
              1) "," EVENT("end", "JobFailed",
                           2) "," EVENT("end", "JobFailed",
                                        2) "," EVENT("end", "JobSucceeded",
                                                     2) "," EVENT("end", "JobFailed", 1) "]",
          "decides;superseded;earlier attempt;decides;superseded;contradicting;earlier attempt;");
    // A later attempt is known by its progress alone: no start, no end decides.
    plays("{\"attempt\":3}",
          "[" EVENT("start", "JobStarted", 2) "," EVENT("end", "JobFailed", 2) "]",
          "earlier attempt;earlier attempt;");
    // The earliest creation holds whatever its attempt.
    plays(
        "{\"attempt\":3}",
        "[" CREATION(1, ",\"creatorID\":\"ada\",\"cancellable\":true") "," CREATION(
            2,
            ",\"creato"
            "rID\":"
            "\"ada\","
            "\"cancell"
            "able\":"
            "true") "," CREATION(1,
                                 ",\"creatorID\":\"bob\",\"cancellable\":true") "," CREATION(1,
                                                                                             ",\"cr"
                                                                                             "eator"
                                                                                             "ID\":"
                                                                                             "\"ada"
                                                                                             "\","
                                                                                             "\"can"
                                                                                             "cella"
                                                                                             "ble\""
                                                                                             ":"
                                                                                             "fals"
                                                                                             "e") "," CREATION(1,
                                                                                                               ",\"cancellable\":true") "]",
        "decides;superseded;contradicting;contradicting;contradicting;");
    plays("{}", "[]", "");
}

// Every text in turn is a sentence of the story, and there is no other.
static void tells(const char *job_text, const char *events_text, const char *const *expected)
{
    json_t *job = read_json(job_text), *events = read_json(events_text), *told;
    struct err err;
    size_t count = 0;

    assert_int_equal(job_story(job, events, &told, &err), DONE);
    for (; expected[count]; count++) {
        const char *sentence = json_string_value(json_array_get(told, count));

        if (!sentence || !strstr(sentence, expected[count]))
            fail_msg("\"%s\" lacks \"%s\"", sentence ? sentence : "", expected[count]);
    }
    assert_int_equal(json_array_size(told), count);
    json_decref(told);
    json_decref(job);
    json_decref(events);
}

#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define CREATED   CREATION(1, ",\"creatorID\":\"ada\"")

static void each_state_has_its_why(void **state)
{
    (void)state;
    tells("{\"status\":\"accepted\",\"attempt\":1}", "[" CREATED "]",
          SAYS("It is accepted: neither start"));
    tells("{\"status\":\"accepted\"}", "[]",
          SAYS("It is accepted", "Its creation is not known yet"));
    tells("{\"status\":\"running\",\"attempt\":1}",
          "[" CREATED ",{\"set\":\"start\",\"kind\":\"JobStarted\",\"attempt\":1,"
          "\"occurred\":\"2026-11-23T15:00:00.5Z\"}]",
          SAYS("attempt 1 began with the JobStarted of 2026-11-23T15:00:00Z, and no end"));
    tells("{\"status\":\"running\",\"attempt\":2,\"silent\":true,\"cancelling\":\"unanswered\"}",
          "[" CREATED "," EVENT("end", "JobFailed", 1) "]",
          SAYS("attempt 2 stated progress", "Ends of earlier attempts", "did not answer in time",
               "Nothing was heard"));
    tells("{\"status\":\"failed\",\"attempt\":1,\"overtaken\":true}",
          "[" CREATED ",{\"set\":\"end\",\"kind\":\"JobFailed\",\"attempt\":1,\"errorCode\":"
          "\"a\\u001b[2Jb\"}," EVENT("end", "JobSucceeded", 1) "," EVENT(
              "end", "JobCancelled", 1) "," EVENT("end", "JobFailed", 1) "]",
          SAYS("is the JobFailed with the error a [2Jb.", "2 later ends contradict",
               "1 later end says the same", "ended before it was stopped"));
    tells("{\"status\":\"dismissed\",\"attempt\":1,\"cancellable\":false,\"creatorDisputed\":true}",
          "[" CREATED
          ",{\"set\":\"end\",\"kind\":\"JobCancelled\",\"attempt\":1,\"commandID\":\"c-1\"}]",
          SAYS("which obeyed the command c-1", "different creators", "cannot be cancelled"));
    tells("{\"status\":\"accepted\",\"cancelling\":\"open\"}",
          "[" CREATED "," CREATION(1, ",\"creatorID\":\"ada\",\"cancellable\":false") "]",
          SAYS("It is accepted", "A later creation says something else", "has not answered yet"));
    // What a later server may say.
    tells("{\"status\":\"paused\"}", "[" CREATED ",{\"set\":3},7]", SAYS(NULL));
}

static void no_memory_is_an_error(void **state)
{
    json_t *job = read_json("{\"status\":\"failed\",\"attempt\":1}");
    json_t *events = read_json(
        "[" CREATED "," EVENT("end", "JobFailed", 1) "," EVENT("end", "JobSucceeded", 1) "]");
    bool failed = true;

    (void)state;
    for (long nth = 1; failed; nth++) {
        json_t *told = NULL;
        struct err err;
        int rc;

        failing_malloc_after(nth);
        rc = job_story(job, events, &told, &err);
        failed = failing_malloc_happened();
        failing_malloc_never();
        assert_int_equal(rc, failed ? RETRY : DONE);
        if (!rc)
            assert_int_equal(json_array_size(told), 2);
        json_decref(told);
    }
    json_decref(job);
    json_decref(events);
}

static void judged(const char *text, bool settled, int rc, const char *reason)
{
    json_t *request = read_json(text);
    struct err err;

    assert_int_equal(cancel_outcome_is_settled(request), settled);
    assert_int_equal(cancel_outcome_judge(request, &err), rc);
    if (rc)
        assert_string_equal(err.reason, reason);
    json_decref(request);
}

static void a_request_comes_to_an_outcome(void **state)
{
    (void)state;
    judged("{\"outcome\":\"pending\"}", false, DONE, NULL);
    judged("{\"outcome\":\"open\"}", false, DONE, NULL);
    judged("{\"outcome\":\"honoured\"}", true, DONE, NULL);
    judged("{\"outcome\":\"refused\",\"reasonCode\":\"NOT_CREATOR\"}", true, FATAL, "REFUSED");
    judged("{\"outcome\":\"refused\",\"reasonCode\":\"LATER\"}", true, FATAL, "REFUSED");
    judged("{\"outcome\":\"overtaken\"}", true, FATAL, "OVERTAKEN");
    judged("{\"outcome\":\"unanswered\"}", true, FATAL, "UNANSWERED");
    judged("{}", false, DONE, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_plays_a_part),
        cmocka_unit_test(each_state_has_its_why),
        cmocka_unit_test(no_memory_is_an_error),
        cmocka_unit_test(a_request_comes_to_an_outcome),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

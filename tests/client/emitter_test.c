// SPDX-License-Identifier: Apache-2.0
// What an emitter promises: what was told is delivered once and reported; a full queue says so and
// tells when there is room; ticks alone are coalesced; a child of its process is refused.
#include "client/kit.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUEUE = 16, OF_TICKS = 12, IDS_SIZE = 37 };
#define QUEUE_TEXT "16"

struct told {
    unsigned delivered, failed, rooms;
    char records[256]; // of each delivery, the letter behind "Job"
    char event_id[IDS_SIZE];
    struct jobtrail_error error;
};

static void on_delivered(void *self, const struct jobtrail_delivery *delivery)
{
    struct told *told = self;

    snprintf(told->event_id, sizeof told->event_id, "%s", delivery->event_id);
    if (delivery->error) {
        told->failed++;
        told->error = *delivery->error;
        return;
    }
    if (told->delivered < sizeof told->records - 1)
        told->records[told->delivered] = delivery->record[strlen("Job")];
    told->delivered++;
}

static void on_room(void *self)
{
    ((struct told *)self)->rooms++;
}

static void close_all(struct jobtrail_emitter *emitter, struct jobtrail_job *job, int code)
{
    jobtrail_job_close(job);
    assert_int_equal(jobtrail_emitter_close(emitter, code ? 0 : LONG_MS, NULL), code);
}

// An emitter with one job, on brokers of its own.
struct scene {
    struct mock mock;
    struct told told;
    struct jobtrail_emitter *emitter;
    struct jobtrail_job *job;
};

static void scene_open(struct scene *scene)
{
    scene->told = (struct told){0};
    mock_open(&scene->mock);
}

// The settings become the emitter's.
static void scene_begin(struct scene *scene, struct jobtrail_settings *settings)
{
    scene->emitter = kit_emitter(settings, on_delivered, on_room, &scene->told);
    scene->job = kit_job(scene->emitter, "one");
}

static void scene_close(struct scene *scene)
{
    close_all(scene->emitter, scene->job, JOBTRAIL_OK);
    mock_close(&scene->mock);
}

static bool is_readable(const struct jobtrail_emitter *emitter)
{
    struct pollfd one = {.fd = jobtrail_emitter_fd(emitter), .events = POLLIN};

    return poll(&one, 1, 0) == 1;
}

static void what_is_told_is_delivered_in_order(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    scene_begin(&scene,
                kit_settings(scene.mock.brokers, "source", "tests", "cloud.events", "true", NULL));
    assert_int_equal(jobtrail_job_created(scene.job, "Load", "ada", true, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_job_started(scene.job, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_job_progressed(scene.job, 40, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_job_succeeded(scene.job, "https://files.example.org/7", NULL, NULL),
                     JOBTRAIL_OK);
    assert_int_equal(jobtrail_job_failed(scene.job, "E_INPUT", "line 1", NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(
        jobtrail_job_cancelled(scene.job, "6f0c7f7e-6b0e-4f0e-9d55-8f0f3c1f5a11", NULL, NULL),
        JOBTRAIL_OK);
    assert_int_equal(jobtrail_emitter_flush(scene.emitter, LONG_MS, NULL), JOBTRAIL_OK);
    assert_string_equal(scene.told.records, "CSPSFC");
    assert_int_equal(kit_counts(scene.emitter).taken, 6);
    assert_int_equal(kit_counts(scene.emitter).delivered, 6);
    assert_int_equal(kit_counts(scene.emitter).queued, 0);
    scene_close(&scene);
}

static void derived_ids_are_those_of_other_languages(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    scene_begin(&scene, kit_settings(scene.mock.brokers, "source", "backfill", "event.ids",
                                     "derived", NULL));
    jobtrail_job_close(scene.job);
    assert_int_equal(jobtrail_job_open(scene.emitter, "load-7", 2, &scene.job, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_job_started(scene.job, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_emitter_flush(scene.emitter, LONG_MS, NULL), JOBTRAIL_OK);
    // What clients/python/jobtrail.py makes of the same.
    assert_string_equal(scene.told.event_id, "7354aa5a-8a57-503d-9db1-f8f6bb5c13bb");
    scene_close(&scene);
}

static void a_full_queue_says_so_and_holds_ticks(void **state)
{
    struct jobtrail_emitter *emitter =
        kit_emitter(kit_settings(NOBODY, "queue.events", QUEUE_TEXT, NULL), NULL, NULL, NULL);
    struct jobtrail_job *job = kit_job(emitter, "one");
    struct jobtrail_error error;

    (void)state;
    for (int i = 0; i < OF_TICKS; i++)
        assert_int_equal(jobtrail_job_progressed(job, i, NULL, NULL), JOBTRAIL_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(jobtrail_job_progressed(job, 50 + i, NULL, NULL), JOBTRAIL_HELD);
    assert_int_equal(kit_counts(emitter).coalesced, 2);
    // The tick that is held goes first.
    assert_int_equal(jobtrail_job_started(job, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(kit_counts(emitter).queued, OF_TICKS + 2);
    for (int i = OF_TICKS + 2; i < QUEUE; i++)
        assert_int_equal(jobtrail_job_started(job, NULL, NULL), JOBTRAIL_OK);
    assert_true(is_readable(emitter));
    assert_int_equal(jobtrail_job_succeeded(job, NULL, NULL, &error), JOBTRAIL_FULL);
    assert_string_equal(error.reason, "QUEUE_FULL");
    assert_false(is_readable(emitter));
    assert_int_equal(jobtrail_emitter_wait(emitter, 1, NULL), JOBTRAIL_TIMEOUT);
    assert_int_equal(kit_counts(emitter).taken, QUEUE + 2);
    close_all(emitter, job, JOBTRAIL_TIMEOUT);
}

static void kafka_is_away_and_comes_back(void **state)
{
    struct scene scene;
    unsigned taken = 0;

    (void)state;
    scene_open(&scene);
    rd_kafka_mock_broker_set_down(scene.mock.cluster, 1);
    scene_begin(&scene, kit_settings(scene.mock.brokers, "queue.events", QUEUE_TEXT,
                                     "kafka.reconnect.backoff.max.ms", "200", NULL));
    while (jobtrail_job_started(scene.job, NULL, NULL) == JOBTRAIL_OK)
        taken++;
    assert_int_equal(taken, QUEUE);
    assert_int_equal(jobtrail_job_progressed(scene.job, 7, NULL, NULL), JOBTRAIL_HELD);
    rd_kafka_mock_broker_set_up(scene.mock.cluster, 1);
    assert_int_equal(jobtrail_emitter_wait(scene.emitter, LONG_MS, NULL), JOBTRAIL_OK);
    assert_true(is_readable(scene.emitter));
    assert_int_equal(jobtrail_job_succeeded(scene.job, NULL, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_emitter_flush(scene.emitter, LONG_MS, NULL), JOBTRAIL_OK);
    assert_int_equal(scene.told.rooms, 1);
    assert_int_equal(scene.told.delivered, QUEUE + 2);
    scene_close(&scene);
}

static void what_kafka_refuses_for_good_is_told(void **state)
{
    struct scene scene;
    struct jobtrail_error error;

    (void)state;
    scene_open(&scene);
    rd_kafka_mock_push_request_errors(scene.mock.cluster, 0, 1,
                                      RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    scene_begin(&scene, kit_settings(scene.mock.brokers, NULL));
    assert_int_equal(jobtrail_job_started(scene.job, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_emitter_flush(scene.emitter, LONG_MS, &error), JOBTRAIL_KAFKA);
    assert_string_equal(error.reason, "RECORD_TOO_LARGE");
    assert_int_equal(scene.told.failed, 1);
    assert_string_equal(scene.told.error.reason, "RECORD_TOO_LARGE");
    assert_int_equal(kit_counts(scene.emitter).refused, 1);
    assert_int_equal(jobtrail_job_started(scene.job, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_emitter_flush(scene.emitter, LONG_MS, &error), JOBTRAIL_OK);
    scene_close(&scene);
}

static void what_kafka_refuses_for_now_is_sent_again(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    rd_kafka_mock_push_request_errors(scene.mock.cluster, 0, 2,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    scene_begin(&scene, kit_settings(scene.mock.brokers, NULL));
    assert_int_equal(jobtrail_job_started(scene.job, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_emitter_flush(scene.emitter, LONG_MS, NULL), JOBTRAIL_OK);
    assert_int_equal(scene.told.delivered, 1);
    assert_int_equal(scene.told.failed, 0);
    scene_close(&scene);
}

// Nothing is delivered twice, and nothing is forgotten, by the producer that follows one that
// failed.
static void a_producer_that_fails_for_good_is_replaced(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    rd_kafka_mock_push_request_errors(scene.mock.cluster, 0, 1,
                                      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    scene_begin(&scene,
                kit_settings(scene.mock.brokers, "kafka.enable.gapless.guarantee", "true", NULL));
    for (int i = 0; i < 10; i++)
        assert_int_equal(jobtrail_job_started(scene.job, NULL, NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_emitter_flush(scene.emitter, LONG_MS, NULL), JOBTRAIL_OK);
    assert_int_equal(scene.told.delivered, 10);
    scene_close(&scene);
}

static void a_child_is_refused(void **state)
{
    struct jobtrail_emitter *emitter = kit_emitter(kit_settings(NOBODY, NULL), NULL, NULL, NULL);
    struct jobtrail_job *job = kit_job(emitter, "one"), *other;
    struct jobtrail_counts counts;
    pid_t child = fork();
    int status;

    (void)state;
    if (!child) {
        const bool refused =
            jobtrail_job_started(job, NULL, NULL) == JOBTRAIL_FORKED &&
            jobtrail_job_open(emitter, "two", 1, &other, NULL) == JOBTRAIL_FORKED &&
            jobtrail_emitter_flush(emitter, 1, NULL) == JOBTRAIL_FORKED &&
            jobtrail_emitter_wait(emitter, 1, NULL) == JOBTRAIL_FORKED &&
            jobtrail_emitter_counts(emitter, &counts, sizeof counts) == JOBTRAIL_FORKED &&
            jobtrail_emitter_fd(emitter) == -1;

        jobtrail_job_close(job);
        _exit(refused && jobtrail_emitter_close(emitter, 1, NULL) == JOBTRAIL_FORKED ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
    assert_int_equal(jobtrail_job_started(job, NULL, NULL), JOBTRAIL_OK);
    close_all(emitter, job, JOBTRAIL_TIMEOUT);
}

static void what_is_wrong_is_refused_when_it_is_made(void **state)
{
    static const struct {
        const char *name, *value, *reason;
        int code;
    } cases[] = {
        {"kafka.no.such", "1", "BAD_PROPERTY", JOBTRAIL_SETTING},
        {"kafka.acks", "1", "BAD_PROPERTY", JOBTRAIL_SETTING},
        {"event.ids", "derived", "MISSING", JOBTRAIL_SETTING},
        {"cloud.events", "true", "MISSING", JOBTRAIL_SETTING},
        {"spool.file", "/no/such/folder/spool", "SPOOL_UNUSABLE", JOBTRAIL_SPOOL},
        {"spool.file", "/dev/null", "SPOOL_FOREIGN", JOBTRAIL_SPOOL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jobtrail_settings *settings =
            kit_settings(NOBODY, cases[i].name, cases[i].value, NULL);
        struct jobtrail_emitter *emitter;
        struct jobtrail_error error;

        assert_int_equal(jobtrail_emitter_new(settings, NULL, NULL, NULL, &emitter, &error),
                         cases[i].code);
        assert_string_equal(error.reason, cases[i].reason);
        assert_null(emitter);
        jobtrail_settings_free(settings);
    }
}

static void it_never_prints(void **state)
{
    FILE *output = tmpfile();
    const int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    struct jobtrail_emitter *emitter;
    struct jobtrail_error error;
    struct jobtrail_job *job;

    (void)state;
    assert_non_null(output);
    dup2(fileno(output), STDOUT_FILENO);
    dup2(fileno(output), STDERR_FILENO);
    emitter = kit_emitter(kit_settings(NOBODY, "kafka.debug", "all", NULL), NULL, NULL, NULL);
    job = kit_job(emitter, "one");
    (void)!jobtrail_job_started(job, NULL, NULL);
    (void)!jobtrail_emitter_flush(emitter, 300, &error);
    jobtrail_job_close(job);
    (void)!jobtrail_emitter_close(emitter, 0, NULL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    fseek(output, 0, SEEK_END);
    assert_int_equal(ftell(output), 0);
    fclose(output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told_is_delivered_in_order),
        cmocka_unit_test(derived_ids_are_those_of_other_languages),
        cmocka_unit_test(a_full_queue_says_so_and_holds_ticks),
        cmocka_unit_test(kafka_is_away_and_comes_back),
        cmocka_unit_test(what_kafka_refuses_for_good_is_told),
        cmocka_unit_test(what_kafka_refuses_for_now_is_sent_again),
        cmocka_unit_test(a_producer_that_fails_for_good_is_replaced),
        cmocka_unit_test(a_child_is_refused),
        cmocka_unit_test(what_is_wrong_is_refused_when_it_is_made),
        cmocka_unit_test(it_never_prints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

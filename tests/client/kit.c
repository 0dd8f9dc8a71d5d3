// SPDX-License-Identifier: Apache-2.0
#include "client/kit.h"

void mock_open(struct mock *mock)
{
    char text[256];

    mock->owner = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text, sizeof text);
    assert_non_null(mock->owner);
    mock->cluster = rd_kafka_mock_cluster_new(mock->owner, 1);
    assert_non_null(mock->cluster);
    mock->brokers = rd_kafka_mock_cluster_bootstraps(mock->cluster);
}

void mock_close(struct mock *mock)
{
    rd_kafka_mock_cluster_destroy(mock->cluster);
    rd_kafka_destroy(mock->owner);
}

struct jobtrail_settings *kit_settings(const char *brokers, ...)
{
    struct jobtrail_settings *settings = jobtrail_settings_new();
    va_list pairs;
    const char *name;

    assert_non_null(settings);
    assert_int_equal(jobtrail_settings_set(settings, "organization", "acme", NULL), JOBTRAIL_OK);
    assert_int_equal(jobtrail_settings_set(settings, "kafka.bootstrap.servers", brokers, NULL),
                     JOBTRAIL_OK);
    va_start(pairs, brokers);
    while ((name = va_arg(pairs, const char *))) {
        struct jobtrail_error error;

        if (jobtrail_settings_set(settings, name, va_arg(pairs, const char *), &error))
            fail_msg("%s", error.text);
    }
    va_end(pairs);
    return settings;
}

struct jobtrail_emitter *kit_emitter(struct jobtrail_settings *settings,
                                     jobtrail_delivered *delivered, jobtrail_room *room, void *self)
{
    struct jobtrail_emitter *emitter;
    struct jobtrail_error error;

    if (jobtrail_emitter_new(settings, delivered, room, self, &emitter, &error))
        fail_msg("%s", error.text);
    jobtrail_settings_free(settings);
    return emitter;
}

struct jobtrail_job *kit_job(struct jobtrail_emitter *emitter, const char *job_id)
{
    struct jobtrail_job *job;

    assert_int_equal(jobtrail_job_open(emitter, job_id, 1, &job, NULL), JOBTRAIL_OK);
    return job;
}

struct jobtrail_counts kit_counts(struct jobtrail_emitter *emitter)
{
    struct jobtrail_counts counts;

    assert_int_equal(jobtrail_emitter_counts(emitter, &counts, sizeof counts), JOBTRAIL_OK);
    return counts;
}

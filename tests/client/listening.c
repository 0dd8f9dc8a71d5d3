// SPDX-License-Identifier: Apache-2.0
#include "client/listening.h"

#include <poll.h>
#include <stdio.h>

enum { STEP_MS = 50 };

struct jobtrail_settings *listening_settings(const char *brokers, const char *topic)
{
    return kit_settings(brokers, "organization", "acme", "topic.commands", topic, NULL);
}

struct jobtrail_commands *listen_to(const char *brokers, const char *topic)
{
    struct jobtrail_settings *settings = listening_settings(brokers, topic);
    struct jobtrail_commands *commands;
    struct jobtrail_error error;

    if (jobtrail_commands_new(settings, &commands, &error))
        fail_msg("%s", error.text);
    jobtrail_settings_free(settings);
    return commands;
}

void await_all_read(struct jobtrail_commands *commands)
{
    const int64_t until_us = world_now_us() + WAIT_MS * 1000LL;

    while (jobtrail_commands_trouble(commands, NULL)) {
        assert_true(world_now_us() < until_us);
        poll(NULL, 0, STEP_MS);
    }
}

void listening_open(struct listening *listening, int partitions)
{
    listening->topic = world_name("commands");
    world_create_topic(world_brokers(), listening->topic, partitions, NULL);
    listening->producer = world_producer(world_brokers(), NULL);
    listening->commands = listen_to(world_brokers(), listening->topic);
}

void listening_close(struct listening *listening)
{
    jobtrail_commands_close(listening->commands);
    rd_kafka_destroy(listening->producer);
    world_delete_topic(world_brokers(), listening->topic);
}

void send_bytes(struct listening *listening, int32_t partition, const void *value, size_t size)
{
    while (rd_kafka_producev(listening->producer, RD_KAFKA_V_TOPIC(listening->topic),
                             RD_KAFKA_V_PARTITION(partition),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                             RD_KAFKA_V_VALUE((void *)value, size),
                             RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(listening->producer, 10);
}

void encode_command(const char *organization, const char *job, int32_t attempt, struct buffer *out)
{
    const struct cancel_message message = {
        .kind = CANCEL_JOB,
        .job = {.command_id = {{7, (unsigned char)attempt}},
                .organization_id = slice_of(organization),
                .job_id = slice_of(job),
                .attempt = attempt,
                .type = slice_of("Load"),
                .requester_id = slice_of("ada")},
    };
    struct err err;

    buffer_clear(out);
    if (encode_cancel_message(&message, FRAMING_SINGLE_OBJECT, NULL, out, &err))
        fail_msg("%s", err.text);
}

void send_command(struct listening *listening, int32_t partition, const char *organization,
                  const char *job, int32_t attempt)
{
    struct buffer value;

    buffer_init(&value);
    encode_command(organization, job, attempt, &value);
    send_bytes(listening, partition, value.data, value.size);
    buffer_free(&value);
}

void listening_add(struct listening *listening, const char *job, int attempt, void *tag)
{
    struct jobtrail_error error;

    if (jobtrail_commands_add(listening->commands, job, attempt, tag, &error))
        fail_msg("%s", error.text);
}

struct jobtrail_command *await_command(struct jobtrail_commands *commands)
{
    struct pollfd readable = {.fd = jobtrail_commands_fd(commands), .events = POLLIN};
    struct jobtrail_command *command;

    assert_int_equal(poll(&readable, 1, WAIT_MS), 1);
    command = jobtrail_commands_next(commands);
    assert_non_null(command);
    return command;
}

void expect_command(struct listening *listening, const char *job, const void *tag)
{
    struct jobtrail_command *command = await_command(listening->commands);

    assert_string_equal(command->job_id, job);
    assert_ptr_equal(command->tag, tag);
    jobtrail_command_free(command);
}

struct jobtrail_commands_counts counts_of(struct listening *listening)
{
    struct jobtrail_commands_counts counts;

    assert_int_equal(jobtrail_commands_counts(listening->commands, &counts, sizeof counts), 0);
    return counts;
}

// A command that is sent last and told: all before it in that partition was read.
void expect_no_other(struct listening *listening, int32_t partition)
{
    static int last;
    char job[32];
    struct pollfd readable = {.fd = jobtrail_commands_fd(listening->commands), .events = POLLIN};

    snprintf(job, sizeof job, "last-%d", ++last);
    listening_add(listening, job, 1, NULL);
    send_command(listening, partition, "acme", job, 1);
    expect_command(listening, job, NULL);
    assert_int_equal(poll(&readable, 1, 0), 0);
    assert_null(jobtrail_commands_next(listening->commands));
}

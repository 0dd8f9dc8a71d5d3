// SPDX-License-Identifier: Apache-2.0
// Commands from real brokers, and from a mock cluster that goes away: each job is told its own,
// once, whatever else is in the topic.
#include "kafka/world.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jobtrail/commands.h>

#include "client/kit.h"
#include "support/failing_malloc.h"
#include "wire/cancel_messages.h"

enum { MANY_JOBS = 10000, STEP_MS = 50, ALLOCATIONS_MOST = 1000 };

// One topic of commands, who writes it, and who listens.
struct listening {
    const char *topic;
    rd_kafka_t *producer;
    struct jobtrail_commands *commands;
};

static struct jobtrail_settings *settings_for(const char *brokers, const char *topic)
{
    return kit_settings(brokers, "organization", "acme", "topic.commands", topic, NULL);
}

static struct jobtrail_commands *listen_to(const char *brokers, const char *topic)
{
    struct jobtrail_settings *settings = settings_for(brokers, topic);
    struct jobtrail_commands *commands;
    struct jobtrail_error error;

    if (jobtrail_commands_new(settings, &commands, &error))
        fail_msg("%s", error.text);
    jobtrail_settings_free(settings);
    return commands;
}

static void await_all_read(struct jobtrail_commands *commands)
{
    const int64_t until_us = world_now_us() + WAIT_MS * 1000LL;

    while (jobtrail_commands_trouble(commands, NULL)) {
        assert_true(world_now_us() < until_us);
        poll(NULL, 0, STEP_MS);
    }
}

static void open_listening(struct listening *listening, int partitions)
{
    listening->topic = world_name("commands");
    world_create_topic(world_brokers(), listening->topic, partitions, NULL);
    listening->producer = world_producer(world_brokers(), NULL);
    listening->commands = listen_to(world_brokers(), listening->topic);
}

static void close_listening(struct listening *listening)
{
    jobtrail_commands_close(listening->commands);
    rd_kafka_destroy(listening->producer);
    world_delete_topic(world_brokers(), listening->topic);
}

static void send_bytes(struct listening *listening, int32_t partition, const void *value,
                       size_t size)
{
    while (rd_kafka_producev(listening->producer, RD_KAFKA_V_TOPIC(listening->topic),
                             RD_KAFKA_V_PARTITION(partition),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                             RD_KAFKA_V_VALUE((void *)value, size),
                             RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(listening->producer, 10);
}

static void encode(const char *organization, const char *job, int32_t attempt, struct buffer *out)
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

static void send_command(struct listening *listening, int32_t partition, const char *organization,
                         const char *job, int32_t attempt)
{
    struct buffer value;

    buffer_init(&value);
    encode(organization, job, attempt, &value);
    send_bytes(listening, partition, value.data, value.size);
    buffer_free(&value);
}

static void add(struct listening *listening, const char *job, int attempt, void *tag)
{
    struct jobtrail_error error;

    if (jobtrail_commands_add(listening->commands, job, attempt, tag, &error))
        fail_msg("%s", error.text);
}

static struct jobtrail_command *await_command(struct jobtrail_commands *commands)
{
    struct pollfd readable = {.fd = jobtrail_commands_fd(commands), .events = POLLIN};
    struct jobtrail_command *command;

    assert_int_equal(poll(&readable, 1, WAIT_MS), 1);
    command = jobtrail_commands_next(commands);
    assert_non_null(command);
    return command;
}

static void expect_command(struct listening *listening, const char *job, const void *tag)
{
    struct jobtrail_command *command = await_command(listening->commands);

    assert_string_equal(command->job_id, job);
    assert_ptr_equal(command->tag, tag);
    jobtrail_command_free(command);
}

static struct jobtrail_commands_counts counts_of(struct listening *listening)
{
    struct jobtrail_commands_counts counts;

    assert_int_equal(jobtrail_commands_counts(listening->commands, &counts, sizeof counts), 0);
    return counts;
}

// A command that is sent last and told: all before it in that partition was read.
static void expect_no_other(struct listening *listening, int32_t partition)
{
    static int last;
    char job[32];
    struct pollfd readable = {.fd = jobtrail_commands_fd(listening->commands), .events = POLLIN};

    snprintf(job, sizeof job, "last-%d", ++last);
    add(listening, job, 1, NULL);
    send_command(listening, partition, "acme", job, 1);
    expect_command(listening, job, NULL);
    assert_int_equal(poll(&readable, 1, 0), 0);
    assert_null(jobtrail_commands_next(listening->commands));
}

static void a_job_is_told_its_own_command_once(void **state)
{
    struct listening listening;
    int tag;

    (void)state;
    open_listening(&listening, 1);
    add(&listening, "load-7", 2, &tag);
    send_command(&listening, 0, "other", "load-7", 2);
    send_command(&listening, 0, "acme", "load-8", 2);
    send_command(&listening, 0, "acme", "load-7", 1);
    for (int i = 0; i < 3; i++)
        send_command(&listening, 0, "acme", "load-7", 2);
    expect_command(&listening, "load-7", &tag);
    expect_no_other(&listening, 0);
    assert_int_equal(counts_of(&listening).repeated, 2);
    assert_int_equal(counts_of(&listening).told, 2);
    assert_int_equal(counts_of(&listening).refused, 0);
    close_listening(&listening);
}

static void a_command_that_came_before_is_told(void **state)
{
    struct listening listening;
    int tag;

    (void)state;
    open_listening(&listening, 4);
    jobtrail_commands_close(listening.commands);
    for (int i = 0; i < 4; i++)
        send_command(&listening, i, "acme", i == 3 ? "mine" : "others", i == 3 ? 1 : i + 1);
    assert_int_equal(rd_kafka_flush(listening.producer, WAIT_MS), 0);
    listening.commands = listen_to(world_brokers(), listening.topic);
    for (int64_t until_us = world_now_us() + WAIT_MS * 1000LL; counts_of(&listening).heard < 4;)
        assert_true(world_now_us() < until_us);
    add(&listening, "mine", 1, &tag);
    expect_command(&listening, "mine", &tag);
    close_listening(&listening);
}

static void what_is_older_than_the_look_back_is_not_told(void **state)
{
    struct listening listening;
    struct jobtrail_settings *settings;

    (void)state;
    open_listening(&listening, 1);
    jobtrail_commands_close(listening.commands);
    send_command(&listening, 0, "acme", "old", 1);
    assert_int_equal(rd_kafka_flush(listening.producer, WAIT_MS), 0);
    poll(NULL, 0, 2); // so that its time is over
    settings = kit_settings(world_brokers(), "organization", "acme", "topic.commands",
                            listening.topic, "commands.look-back", "0s", NULL);
    assert_int_equal(jobtrail_commands_new(settings, &listening.commands, NULL), 0);
    jobtrail_settings_free(settings);
    await_all_read(listening.commands);
    add(&listening, "old", 1, NULL);
    expect_no_other(&listening, 0);
    assert_int_equal(counts_of(&listening).heard, 1);
    close_listening(&listening);
}

static void two_processes_hear_every_command(void **state)
{
    struct listening listening, second;

    (void)state;
    open_listening(&listening, 2);
    second = listening;
    second.commands = listen_to(world_brokers(), listening.topic);
    add(&listening, "a", 1, NULL);
    add(&second, "b", 1, NULL);
    send_command(&listening, 0, "acme", "b", 1);
    send_command(&listening, 0, "acme", "a", 1);
    expect_command(&listening, "a", NULL);
    expect_command(&second, "b", NULL);
    expect_no_other(&listening, 1);
    jobtrail_commands_close(second.commands);
    close_listening(&listening);
}

static void add_partitions(struct listening *listening, size_t count)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(listening->producer);
    char text[128];
    rd_kafka_NewPartitions_t *request =
        rd_kafka_NewPartitions_new(listening->topic, count, text, sizeof text);
    rd_kafka_event_t *event;

    rd_kafka_CreatePartitions(listening->producer, &request, 1, NULL, queue);
    event = rd_kafka_queue_poll(queue, WAIT_MS);
    assert_non_null(event);
    assert_int_equal(rd_kafka_event_error(event), 0);
    rd_kafka_event_destroy(event);
    rd_kafka_NewPartitions_destroy(request);
    rd_kafka_queue_destroy(queue);
}

static void partitions_that_are_added_are_heard(void **state)
{
    struct listening listening;

    (void)state;
    open_listening(&listening, 1);
    await_all_read(listening.commands);
    add_partitions(&listening, 3);
    rd_kafka_destroy(listening.producer); // it would learn of them later
    listening.producer = world_producer(world_brokers(), NULL);
    add(&listening, "a", 1, NULL);
    send_command(&listening, 2, "acme", "a", 1);
    assert_int_equal(rd_kafka_flush(listening.producer, WAIT_MS), 0);
    expect_command(&listening, "a", NULL);
    close_listening(&listening);
}

// Each beginning of a command, bytes that are none, and what another record is.
static void what_is_no_command_is_counted(void **state)
{
    const uint64_t broken = 300;
    struct listening listening;
    unsigned char noise[64];
    struct buffer value;
    uint64_t sent = 0;

    (void)state;
    srandom(7);
    open_listening(&listening, 1);
    add(&listening, "a", 1, NULL);
    buffer_init(&value);
    encode("acme", "a", 1, &value);
    for (size_t size = 0; size < value.size; size++, sent++)
        send_bytes(&listening, 0, value.data, size);
    for (; sent < broken; sent++) {
        const size_t size = (size_t)random() % sizeof noise;

        for (size_t i = 0; i < size; i++)
            noise[i] = (unsigned char)random();
        // Half of them begin as a command does.
        if (sent % 2 && size > 10)
            memcpy(noise, value.data, 10), noise[size - 1] = 0xff;
        send_bytes(&listening, 0, noise, size);
    }
    send_bytes(&listening, 0, NULL, 0);
    expect_no_other(&listening, 0);
    assert_int_equal(counts_of(&listening).refused + counts_of(&listening).heard, broken + 2);
    assert_int_equal(counts_of(&listening).told, 1);
    buffer_free(&value);
    close_listening(&listening);
}

static void ten_thousand_jobs_each_hear_their_own(void **state)
{
    static int tags[MANY_JOBS];
    static bool is_told[MANY_JOBS];
    struct listening listening;
    char job[32];

    (void)state;
    open_listening(&listening, 4);
    for (int i = 0; i < MANY_JOBS; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        add(&listening, job, 1, &tags[i]);
    }
    for (int i = 0; i < MANY_JOBS; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        send_command(&listening, i % 4, "acme", job, 1);
    }
    for (int i = 0; i < MANY_JOBS; i++) {
        struct jobtrail_command *command = await_command(listening.commands);
        const long place = (int *)command->tag - tags;

        snprintf(job, sizeof job, "job-%ld", place);
        assert_string_equal(command->job_id, job);
        assert_false(is_told[place]);
        is_told[place] = true;
        jobtrail_command_free(command);
    }
    for (int i = 0; i < MANY_JOBS; i++) {
        snprintf(job, sizeof job, "job-%d", i);
        jobtrail_commands_remove(listening.commands, job, 1);
    }
    assert_int_equal(counts_of(&listening).jobs, 0);
    close_listening(&listening);
}

static void a_topic_that_is_missing_is_said_and_then_read(void **state)
{
    struct listening listening = {.topic = world_name("late")};
    const int64_t until_us = world_now_us() + WAIT_MS * 1000LL;
    struct jobtrail_error error = {0};

    (void)state;
    listening.commands = listen_to(world_brokers(), listening.topic);
    while (jobtrail_commands_trouble(listening.commands, &error) != JOBTRAIL_KAFKA)
        assert_true(world_now_us() < until_us);
    assert_string_equal(error.reason, "TOPIC_MISSING");
    world_create_topic(world_brokers(), listening.topic, 2, NULL);
    await_all_read(listening.commands);
    listening.producer = world_producer(world_brokers(), NULL);
    add(&listening, "a", 1, NULL);
    send_command(&listening, 1, "acme", "a", 1);
    expect_command(&listening, "a", NULL);
    close_listening(&listening);
}

static void brokers_that_were_away_are_read_on(void **state)
{
    struct listening listening = {.topic = "away"};
    const int64_t until_us = world_now_us() + LONG_MS * 1000LL;
    struct mock mock;

    (void)state;
    mock_open(&mock);
    assert_int_equal(rd_kafka_mock_topic_create(mock.cluster, listening.topic, 2, 1), 0);
    listening.producer = world_producer(mock.brokers, NULL);
    listening.commands = listen_to(mock.brokers, listening.topic);
    await_all_read(listening.commands);
    rd_kafka_mock_broker_set_down(mock.cluster, 1);
    while (jobtrail_commands_trouble(listening.commands, NULL) != JOBTRAIL_KAFKA) {
        assert_true(world_now_us() < until_us);
        poll(NULL, 0, STEP_MS);
    }
    rd_kafka_mock_broker_set_up(mock.cluster, 1);
    add(&listening, "a", 1, NULL);
    send_command(&listening, 1, "acme", "a", 1);
    expect_command(&listening, "a", NULL);
    await_all_read(listening.commands);
    jobtrail_commands_close(listening.commands);
    rd_kafka_destroy(listening.producer);
    mock_close(&mock);
}

static void note(void *self, const struct jobtrail_command *command)
{
    (void)command;
    ++*(int *)self;
}

static void a_call_of_the_programs_tells_by_callback(void **state)
{
    struct listening listening;
    int told = 0;

    (void)state;
    open_listening(&listening, 1);
    assert_int_equal(jobtrail_commands_dispatch(listening.commands, 0, note, &told), 0);
    add(&listening, "a", 1, NULL);
    send_command(&listening, 0, "acme", "a", 1);
    assert_int_equal(jobtrail_commands_dispatch(listening.commands, WAIT_MS, note, &told), 1);
    assert_int_equal(told, 1);
    close_listening(&listening);
}

static void a_child_is_told_that_it_is_one(void **state)
{
    struct jobtrail_commands *commands = listen_to(NOBODY, "nothing");
    struct jobtrail_commands_counts counts;
    int status;
    pid_t child;

    (void)state;
    child = fork();
    if (!child) {
        bool good = jobtrail_commands_add(commands, "a", 1, NULL, NULL) == JOBTRAIL_FORKED &&
                    jobtrail_commands_fd(commands) == -1 && !jobtrail_commands_next(commands) &&
                    jobtrail_commands_dispatch(commands, 0, note, NULL) == JOBTRAIL_FORKED &&
                    jobtrail_commands_trouble(commands, NULL) == JOBTRAIL_FORKED &&
                    jobtrail_commands_counts(commands, &counts, sizeof counts) == JOBTRAIL_FORKED;

        jobtrail_commands_remove(commands, "a", 1);
        jobtrail_commands_close(commands);
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    jobtrail_commands_close(commands);
}

static void what_cannot_be_is_refused(void **state)
{
    struct jobtrail_settings *settings =
        kit_settings(NOBODY, "kafka.group.protocol.nonsense", "1", NULL);
    struct jobtrail_commands *commands = NULL;
    struct jobtrail_error error;

    (void)state;
    assert_int_equal(jobtrail_commands_new(settings, &commands, &error), JOBTRAIL_SETTING);
    assert_null(commands);
    jobtrail_settings_free(settings);
    commands = listen_to(NOBODY, "nothing");
    assert_int_equal(jobtrail_commands_add(commands, "", 1, NULL, &error), JOBTRAIL_REFUSED);
    assert_string_equal(error.reason, "ID_LENGTH");
    assert_int_equal(jobtrail_commands_add(commands, NULL, 1, NULL, NULL), JOBTRAIL_REFUSED);
    jobtrail_commands_close(commands);
    jobtrail_commands_close(NULL);
    jobtrail_command_free(NULL);
}

static void without_memory_none_is_made(void **state)
{
    long n = 0;
    bool happened;

    (void)state;
    do {
        struct jobtrail_settings *settings = settings_for(NOBODY, "nothing");
        struct jobtrail_commands *commands;
        struct jobtrail_error error;
        int code;

        failing_malloc_after(++n);
        code = jobtrail_commands_new(settings, &commands, &error);
        happened = failing_malloc_happened();
        failing_malloc_never();
        // Past the last one it is the listener's own thread that may have met it.
        if (code)
            assert_int_equal(code, JOBTRAIL_NO_MEMORY);
        assert_int_equal(!commands, !!code);
        jobtrail_commands_close(commands);
        jobtrail_settings_free(settings);
        assert_true(n < ALLOCATIONS_MOST);
    } while (happened);
    assert_true(n > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_is_told_its_own_command_once),
        cmocka_unit_test(a_command_that_came_before_is_told),
        cmocka_unit_test(what_is_older_than_the_look_back_is_not_told),
        cmocka_unit_test(two_processes_hear_every_command),
        cmocka_unit_test(partitions_that_are_added_are_heard),
        cmocka_unit_test(what_is_no_command_is_counted),
        cmocka_unit_test(ten_thousand_jobs_each_hear_their_own),
        cmocka_unit_test(a_topic_that_is_missing_is_said_and_then_read),
        cmocka_unit_test(brokers_that_were_away_are_read_on),
        cmocka_unit_test(a_call_of_the_programs_tells_by_callback),
        cmocka_unit_test(a_child_is_told_that_it_is_one),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(without_memory_none_is_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

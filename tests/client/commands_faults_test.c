// SPDX-License-Identifier: Apache-2.0
// Commands where not all is well: records that are none, topics and brokers that come and go, no
// memory.
#include "client/listening.h"

#include <poll.h>
#include <stdlib.h>

#include "support/failing_malloc.h"
#include "wire/schemas.h"

enum { ALLOCATIONS_MOST = 1000, STEP_MS = 50 };

// Whether the broker knows of them: who asks before that is told that there are none.
static bool is_led(rd_kafka_t *rk, const char *topic, int count)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
    bool led = false;

    if (!rd_kafka_metadata(rk, 0, handle, &metadata, WAIT_MS)) {
        led = metadata->topic_cnt == 1 && metadata->topics[0].partition_cnt == count;
        for (int i = 0; led && i < count; i++)
            led = metadata->topics[0].partitions[i].leader >= 0;
        rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(handle);
    return led;
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
    const int64_t until_us = world_now_us() + WAIT_MS * 1000LL;
    struct listening listening;

    (void)state;
    listening_open(&listening, 1);
    await_all_read(listening.commands);
    add_partitions(&listening, 3);
    rd_kafka_destroy(listening.producer); // it would learn of them later
    listening.producer = world_producer(world_brokers(), NULL);
    while (!is_led(listening.producer, listening.topic, 3))
        assert_true(world_now_us() < until_us);
    listening_add(&listening, "a", 1, NULL);
    send_command(&listening, 2, "acme", "a", 1);
    assert_int_equal(rd_kafka_flush(listening.producer, WAIT_MS), 0);
    expect_command(&listening, "a", NULL);
    listening_close(&listening);
}

static void what_is_no_command_is_counted(void **state)
{
    const uint64_t broken = 300;
    struct listening listening;
    unsigned char noise[64];
    struct buffer value;
    uint64_t sent = 0;

    (void)state;
    srandom(7);
    listening_open(&listening, 1);
    listening_add(&listening, "a", 1, NULL);
    buffer_init(&value);
    encode_command("acme", "a", 1, &value);
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
    listening_close(&listening);
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
    listening_add(&listening, "a", 1, NULL);
    send_command(&listening, 1, "acme", "a", 1);
    expect_command(&listening, "a", NULL);
    listening_close(&listening);
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
    listening_add(&listening, "a", 1, NULL);
    send_command(&listening, 1, "acme", "a", 1);
    expect_command(&listening, "a", NULL);
    await_all_read(listening.commands);
    jobtrail_commands_close(listening.commands);
    rd_kafka_destroy(listening.producer);
    mock_close(&mock);
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
    int code;

    (void)state;
    do {
        struct jobtrail_settings *settings = listening_settings(NOBODY, "nothing");
        struct jobtrail_commands *commands;

        failing_malloc_after(++n);
        code = jobtrail_commands_new(settings, &commands, NULL);
        failing_malloc_never();
#ifdef __SANITIZE_THREAD__
        assert_true(code <= 0); // what starts librdkafka's threads then allocates, too
#else
        assert_true(code == JOBTRAIL_OK || code == JOBTRAIL_NO_MEMORY);
#endif
        assert_int_equal(!commands, code != JOBTRAIL_OK);
        jobtrail_commands_close(commands);
        jobtrail_settings_free(settings);
        assert_true(n < ALLOCATIONS_MOST);
    } while (code);
    assert_true(n > 5);
}

static void without_memory_nobody_can_ask(void **state)
{
    long n = 0;
    int code;

    (void)state;
    do {
        struct jobtrail_settings *settings = kit_settings(NOBODY, NULL);
        struct jobtrail_canceller *canceller;

        failing_malloc_after(++n);
        code = jobtrail_canceller_new(settings, &canceller, NULL);
        failing_malloc_never();
#ifdef __SANITIZE_THREAD__
        assert_true(code <= 0);
#else
        assert_true(code == JOBTRAIL_OK || code == JOBTRAIL_NO_MEMORY);
#endif
        assert_int_equal(!canceller, code != JOBTRAIL_OK);
        jobtrail_canceller_close(canceller);
        jobtrail_settings_free(settings);
        assert_true(n < ALLOCATIONS_MOST);
    } while (code);
    assert_true(n > 5);
}

enum { OF_COMMANDS = 7, NOT_NOW = 8, OF_NOBODY = 9 };

// Of one id only at the second time that it is asked for.
static int tell_schema(void *self, uint32_t id, char **json)
{
    const struct slice text = own_schema_find("CancelJob")->json;
    int *asked = self;

    if (id == OF_NOBODY)
        return JOBTRAIL_REFUSED;
    if (id == NOT_NOW && ++*asked == 1)
        return JOBTRAIL_TIMEOUT;
    *json = strndup(text.data, text.size);
    return *json ? JOBTRAIL_OK : JOBTRAIL_NO_MEMORY;
}

static void send_by_registry(struct listening *listening, uint32_t id, const char *job)
{
    struct buffer value, framed;

    buffer_init(&value);
    buffer_init(&framed);
    encode_command("acme", job, 1, &value);
    framing_append_confluent(&framed, id);
    buffer_append(&framed, value.data + 10, value.size - 10);
    send_bytes(listening, 0, framed.data, framed.size);
    buffer_free(&framed);
    buffer_free(&value);
}

static void a_registrys_schemas_are_asked_of_the_program(void **state)
{
    struct listening listening;
    struct jobtrail_settings *settings;
    int asked = 0;

    (void)state;
    listening_open(&listening, 1);
    listening_add(&listening, "deaf", 1, NULL);
    send_by_registry(&listening, OF_COMMANDS, "deaf");
    expect_no_other(&listening, 0);
    assert_int_equal(counts_of(&listening).refused, 1);
    jobtrail_commands_close(listening.commands);
    settings = listening_settings(world_brokers(), listening.topic);
    jobtrail_settings_schemas(settings, tell_schema, &asked);
    send_by_registry(&listening, NOT_NOW, "a");
    send_by_registry(&listening, OF_NOBODY, "b");
    send_by_registry(&listening, NOT_NOW, "c");
    assert_int_equal(rd_kafka_flush(listening.producer, WAIT_MS), 0);
    assert_int_equal(jobtrail_commands_new(settings, &listening.commands, NULL), 0);
    jobtrail_settings_free(settings);
    listening_add(&listening, "c", 1, NULL);
    expect_command(&listening, "c", NULL);
    assert_int_equal(counts_of(&listening).refused, 1);
    assert_int_equal(asked, 2);
    listening_close(&listening);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partitions_that_are_added_are_heard),
        cmocka_unit_test(what_is_no_command_is_counted),
        cmocka_unit_test(a_topic_that_is_missing_is_said_and_then_read),
        cmocka_unit_test(brokers_that_were_away_are_read_on),
        cmocka_unit_test(a_registrys_schemas_are_asked_of_the_program),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(without_memory_none_is_made),
        cmocka_unit_test(without_memory_nobody_can_ask),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// A topic that only goes on is never taken for another one, whatever times its records have and
// however many of them have left. What is told of one that was made again is in
// tests/client/commands_again_test.c.
#include "kafka/world.h"

#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wake.h"
#include "kafka/topic_tail.h"

enum { AT_ONCE = 64, RECORDS = 8, DELETED = 5, STEP_MS = 20 };

struct reader {
    const char *topic;
    int wake_fd;
    struct topic_tail *tail;
    rd_kafka_t *producer;
    int64_t since_ms;
    size_t read;
};

static void open_reader(struct reader *reader)
{
    const struct kafka_property property = {"bootstrap.servers", world_brokers()};
    struct topic_tail_options options = {.properties = &property, .property_count = 1};
    struct err err;

    *reader = (struct reader){.topic = world_name("tail"), .since_ms = clock_now_us() / 1000};
    world_create_topic(world_brokers(), reader->topic, 1, NULL);
    reader->producer = world_producer(world_brokers(), NULL);
    reader->wake_fd = wake_open();
    options.topic = reader->topic;
    options.since_ms = reader->since_ms;
    options.wake_fd = reader->wake_fd;
    if (topic_tail_new(&options, &reader->tail, &err))
        fail_msg("%s", err.text);
}

static void close_reader(struct reader *reader)
{
    topic_tail_free(reader->tail);
    close(reader->wake_fd);
    rd_kafka_destroy(reader->producer);
    world_delete_topic(world_brokers(), reader->topic);
}

static void read_once(struct reader *reader)
{
    struct kafka_message *messages[AT_ONCE];
    size_t count;
    struct err err;

    if (topic_tail_read(reader->tail, messages, AT_ONCE, &count, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < count; i++)
        kafka_message_free(messages[i]);
    reader->read += count;
    poll(NULL, 0, STEP_MS);
}

static void read_up_to(struct reader *reader, size_t count)
{
    const int64_t until_us = world_now_us() + WAIT_MS * 1000LL;

    while (reader->read < count) {
        assert_true(world_now_us() < until_us);
        read_once(reader);
    }
}

// Until the brokers were asked once more how the topic is.
static void await_look(struct reader *reader)
{
    const int64_t due_us = topic_tail_due_us(reader->tail);

    while (topic_tail_due_us(reader->tail) == due_us)
        read_once(reader);
    assert_true(topic_tail_is_complete(reader->tail));
}

static void send_at(struct reader *reader, int64_t time_ms)
{
    assert_int_equal(rd_kafka_producev(reader->producer, RD_KAFKA_V_TOPIC(reader->topic),
                                       RD_KAFKA_V_VALUE("x", 1), RD_KAFKA_V_TIMESTAMP(time_ms),
                                       RD_KAFKA_V_END),
                     0);
}

static void a_log_that_goes_on_is_the_same(void **state)
{
    struct reader reader;

    (void)state;
    open_reader(&reader);
    await_look(&reader);
    // By turns later and earlier than all before, and some at the same time.
    for (int i = 0; i < RECORDS; i++)
        send_at(&reader, reader.since_ms + (i % 2 ? -i : i / 4));
    read_up_to(&reader, RECORDS);
    await_look(&reader);
    for (int i = 0; i < RECORDS; i++)
        send_at(&reader, reader.since_ms + RECORDS - i);
    read_up_to(&reader, (size_t)2 * RECORDS);
    world_delete_records(world_brokers(), reader.topic, 0, DELETED);
    await_look(&reader);
    assert_int_equal(reader.read, 2 * RECORDS);
    close_reader(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_that_goes_on_is_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

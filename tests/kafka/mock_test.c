// SPDX-License-Identifier: Apache-2.0
// Producer and consumer on librdkafka's mock cluster, which can be told to fail.
#include "kafka/world.h"

#include <librdkafka/rdkafka_mock.h>
#include <stdlib.h>

#include "kafka/producer.h"

struct mock {
    rd_kafka_t *owner;
    rd_kafka_mock_cluster_t *cluster;
    const char *brokers;
};

static int open_mock(void **state)
{
    struct mock *mock = calloc(1, sizeof(*mock));
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char text[256];

    mock->owner = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text));
    mock->cluster = rd_kafka_mock_cluster_new(mock->owner, 1);
    mock->brokers = rd_kafka_mock_cluster_bootstraps(mock->cluster);
    *state = mock;
    return 0;
}

static int close_mock(void **state)
{
    struct mock *mock = *state;

    rd_kafka_mock_cluster_destroy(mock->cluster);
    rd_kafka_destroy(mock->owner);
    free(mock);
    return 0;
}

// What the producer reported.
struct reports {
    int delivered, failed;
    int64_t last_offset;
    void *last_tag;
    struct err failure;
};

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct reports *reports = self;

    (void)partition;
    reports->last_tag = tag;
    if (err) {
        reports->failed++;
        reports->failure = *err;
    } else {
        reports->delivered++;
        reports->last_offset = offset;
    }
}

static struct producer *open_producer(const char *brokers, struct reports *reports)
{
    struct kafka_property properties[] = {{"bootstrap.servers", brokers},
                                          {"message.timeout.ms", "2000"},
                                          {"retry.backoff.ms", "10"},
                                          {"queue.buffering.max.messages", "1000"}};
    struct producer *producer = NULL;
    struct err err;

    if (producer_new(properties, 4, on_report, reports, &producer, &err))
        fail_msg("%s", err.text);
    return producer;
}

static void what_is_sent_is_what_is_read(void **state)
{
    struct mock *mock = *state;
    struct record_header headers[] = {{SLICE_LITERAL("a"), SLICE_LITERAL("1")},
                                      {SLICE_LITERAL("b"), SLICE_NULL},
                                      {SLICE_LITERAL("a"), SLICE_LITERAL("")}};
    struct producer_record record = {.topic = "t",
                                     .partition = -1,
                                     .key = SLICE_LITERAL("key"),
                                     .value = SLICE_LITERAL("v\0w"),
                                     .timestamp_ms = 1234567890123,
                                     .headers = headers,
                                     .header_count = 3,
                                     .tag = headers};
    struct producer_record bare = {.topic = "t", .partition = 0};
    struct reports reports = {0};
    struct producer *producer = open_producer(mock->brokers, &reports);
    struct kafka_message *messages[2];
    struct record_header read[2];
    struct kafka_record seen;
    struct member member;
    struct err err;
    size_t count = 0, have = 0;

    rd_kafka_mock_topic_create(mock->cluster, "t", 1, 1);
    assert_int_equal(producer_send(producer, &record, &err), 0);
    assert_int_equal(producer_flush(producer, WAIT_MS, &err), 0);
    assert_int_equal(reports.delivered, 1);
    assert_ptr_equal(reports.last_tag, headers);
    assert_int_equal(producer_send(producer, &bare, &err), 0);
    assert_int_equal(producer_flush(producer, WAIT_MS, &err), 0);
    assert_int_equal(reports.last_offset, 1);

    member_open(&member, mock->brokers, "g", "t");
    member_until(&member, member.taken == 1);
    member_start(&member, "t", 0, 0);
    while (have < 2) {
        assert_int_equal(
            consumer_poll(member.consumer, WAIT_MS, messages + have, 2 - have, &count, &err), 0);
        have += count;
    }
    kafka_message_record(messages[0], &seen);
    assert_true(slice_equal(seen.topic, SLICE_LITERAL("t")));
    assert_true(slice_equal(seen.key, record.key));
    assert_true(slice_equal(seen.value, record.value));
    assert_int_equal(seen.timestamp_ms, 1234567890123);
    assert_int_equal(seen.offset, 0);
    assert_int_equal(seen.broker_id, 1);
    kafka_message_headers(messages[0], read, 2, &count);
    assert_int_equal(count, 3);
    assert_true(slice_equal(read[0].value, headers[0].value));
    assert_true(slice_equal(read[1].name, headers[1].name));
    assert_true(slice_is_null(read[1].value));
    kafka_message_record(messages[1], &seen);
    assert_true(slice_is_null(seen.key));
    assert_true(slice_is_null(seen.value));
    kafka_message_headers(messages[1], read, 2, &count);
    assert_int_equal(count, 0);
    kafka_message_free(messages[0]);
    kafka_message_free(messages[1]);
    member_close(&member);
    producer_free(producer);
}

static void retried_sends_are_not_doubled(void **state)
{
    struct mock *mock = *state;
    struct reports reports = {0};
    struct producer *producer = open_producer(mock->brokers, &reports);
    struct producer_record record = {.topic = "t", .value = SLICE_LITERAL("x")};
    struct err err;

    rd_kafka_mock_topic_create(mock->cluster, "t", 1, 1);
    rd_kafka_mock_push_request_errors(
        mock->cluster, 0 /* Produce */, 3, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
        RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR__TRANSPORT);
    for (int i = 0; i < 100; i++)
        assert_int_equal(producer_send(producer, &record, &err), 0);
    while (producer_flush(producer, 100, &err))
        assert_int_equal(err.disposition, RETRY);
    assert_int_equal(reports.delivered, 100);
    assert_int_equal(reports.failed, 0);
    assert_int_equal(reports.last_offset, 99);
    producer_free(producer);
}

static void a_refused_record_is_fatal_an_unreachable_broker_is_not(void **state)
{
    struct mock *mock = *state;
    struct reports reports = {0};
    struct producer *producer = open_producer(mock->brokers, &reports);
    struct producer_record record = {.topic = "t", .value = SLICE_LITERAL("x")};
    struct err err;
    const size_t too_large = 64 * 1024 * 1024 + 1; // for librdkafka: the broker is not asked
    char *large = calloc(1, too_large);

    rd_kafka_mock_topic_create(mock->cluster, "t", 1, 1);
    record.value = (struct slice){large, too_large};
    assert_int_equal(producer_send(producer, &record, &err), FATAL);
    assert_string_equal(err.reason, "RECORD_TOO_LARGE");
    free(large);
    record.value = SLICE_LITERAL("x");

    rd_kafka_mock_broker_set_down(mock->cluster, 1);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(producer_send(producer, &record, &err), 0);
    assert_int_equal(producer_send(producer, &record, &err), RETRY);
    assert_string_equal(err.reason, "QUEUE_FULL");
    assert_int_equal(producer_flush(producer, 1, &err), RETRY);
    for (int64_t until_us = world_now_us() + WAIT_MS * 1000LL;
         reports.failed < 1000 && world_now_us() < until_us;)
        (void)producer_poll(producer, 100, &err);
    assert_int_equal(reports.failed, 1000);
    assert_int_equal(reports.failure.disposition, RETRY);
    rd_kafka_mock_broker_set_up(mock->cluster, 1);
    reports = (struct reports){0};
    while (!reports.delivered) {
        assert_int_equal(producer_send(producer, &record, &err), 0);
        while (producer_flush(producer, 100, &err))
            assert_int_equal(err.disposition, RETRY);
    }
    producer_free(producer);
}

static void freeing_reports_nothing_and_does_not_wait_for_a_dead_broker(void **state)
{
    struct mock *mock = *state;
    struct reports reports = {0};
    struct producer *producer = open_producer(mock->brokers, &reports);
    struct producer_record record = {.topic = "t", .value = SLICE_LITERAL("x")};
    struct err err;

    rd_kafka_mock_topic_create(mock->cluster, "t", 1, 1);
    rd_kafka_mock_broker_set_down(mock->cluster, 1);
    assert_int_equal(producer_send(producer, &record, &err), 0);
    producer_free(producer);
    assert_int_equal(reports.delivered + reports.failed, 0);
}

static void a_consumer_outlives_its_broker_and_says_so(void **state)
{
    struct mock *mock = *state;
    rd_kafka_t *producer = world_producer(mock->brokers, NULL);
    struct source source = {SLICE_LITERAL("t"), 0};
    struct member member;
    struct err err;
    int64_t end = -1;

    rd_kafka_mock_topic_create(mock->cluster, "t", 1, 1);
    world_send(producer, "t", 0, 0, 100);
    member_open(&member, mock->brokers, "g", "t");
    member_until(&member, member.taken == 1);
    member_start(&member, "t", 0, 0);
    member_until(&member, member.ends[0] == 100);
    assert_int_equal(consumer_log_ends(member.consumer, &source, NULL, 1, WAIT_MS, &end, &err), 0);
    assert_int_equal(end, 100);

    rd_kafka_mock_broker_set_down(mock->cluster, 1);
    member_until(&member, member.troubles > 0);
    assert_int_equal(member.trouble.disposition, RETRY);
    assert_string_equal(member.trouble.reason, "BROKERS_UNREACHABLE");
    assert_int_equal(consumer_log_ends(member.consumer, &source, NULL, 1, 200, &end, &err), RETRY);
    rd_kafka_mock_broker_set_up(mock->cluster, 1);
    world_send(producer, "t", 0, 100, 100);
    for (int64_t until_us = world_now_us() + WAIT_MS * 1000LL;
         member.next[0] < 200 && world_now_us() < until_us;) {
        if (member.ours[0] && !member.started[0])
            member_start(&member, "t", 0, member.next[0]);
        member_poll(&member, 20);
    }
    assert_int_equal(member.records[0], 200);
    assert_int_equal(member.repeated + member.misplaced, 0);
    rd_kafka_mock_broker_set_down(mock->cluster, 1);
    member_close(&member); // must come back, though nobody answers its goodbye
    rd_kafka_mock_broker_set_up(mock->cluster, 1);
    rd_kafka_destroy(producer);
}

static void failed_fetches_are_retried(void **state)
{
    struct mock *mock = *state;
    rd_kafka_t *producer = world_producer(mock->brokers, NULL);
    struct member member;

    rd_kafka_mock_topic_create(mock->cluster, "t", 1, 1);
    world_send(producer, "t", 0, 0, 100);
    rd_kafka_mock_push_request_errors(
        mock->cluster, 1 /* Fetch */, 4, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR__TRANSPORT,
        RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
    member_open(&member, mock->brokers, "g", "t");
    member_until(&member, member.taken == 1);
    member_start(&member, "t", 0, 0);
    member_until(&member, member.records[0] == 100);
    assert_int_equal(member.repeated + member.misplaced + member.failed, 0);
    member_close(&member);
    rd_kafka_destroy(producer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_sent_is_what_is_read, open_mock, close_mock),
        cmocka_unit_test_setup_teardown(retried_sends_are_not_doubled, open_mock, close_mock),
        cmocka_unit_test_setup_teardown(a_refused_record_is_fatal_an_unreachable_broker_is_not,
                                        open_mock, close_mock),
        cmocka_unit_test_setup_teardown(freeing_reports_nothing_and_does_not_wait_for_a_dead_broker,
                                        open_mock, close_mock),
        cmocka_unit_test_setup_teardown(a_consumer_outlives_its_broker_and_says_so, open_mock,
                                        close_mock),
        cmocka_unit_test_setup_teardown(failed_fetches_are_retried, open_mock, close_mock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

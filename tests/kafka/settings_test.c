// SPDX-License-Identifier: Apache-2.0
// Which properties a user may set, and what is said of those that they may not.
#include "kafka/world.h"

#include <stdlib.h>

#include "kafka/producer.h"
#include "kafka/settings.h"

static int make(enum client_kind kind, const char *name, const char *value, struct err *err)
{
    struct kafka_property property = {name, value};
    rd_kafka_conf_t *conf = settings_new(kind, &property, 1, err);

    if (!conf)
        return (int)err->disposition;
    rd_kafka_conf_destroy(conf);
    return DONE;
}

static void what_correctness_rests_on_cannot_be_changed(void **state)
{
    static const struct kafka_property refused[] = {{"auto.offset.reset", "earliest"},
                                                    {"isolation.level", "read_uncommitted"},
                                                    {"enable.auto.commit", "true"},
                                                    {"enable.auto.offset.store", "true"},
                                                    {"partition.assignment.strategy", "range"},
                                                    {"check.crcs", "false"},
                                                    {"enable.partition.eof", "false"},
                                                    {"enable.idempotence", "false"},
                                                    {"acks", "1"},
                                                    {"request.required.acks", "0"},
                                                    {"partitioner", "random"},
                                                    {"transactional.id", "x"}};
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        for (int kind = CLIENT_CONSUMER; kind <= CLIENT_PRODUCER; kind++) {
            assert_int_equal(make((enum client_kind)kind, refused[i].name, refused[i].value, &err),
                             FATAL);
            assert_string_equal(err.reason, "BAD_PROPERTY");
            assert_non_null(strstr(err.text, refused[i].name));
        }
}

static void saying_the_same_as_we_is_no_contradiction(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(make(CLIENT_CONSUMER, "isolation.level", "read_committed", &err), 0);
    assert_int_equal(make(CLIENT_CONSUMER, "enable.auto.commit", "FALSE", &err), 0);
    assert_int_equal(make(CLIENT_PRODUCER, "acks", "-1", &err), 0);
    assert_int_equal(make(CLIENT_CONSUMER, "acks", "all", &err), 0);
}

static void other_properties_are_passed_on(void **state)
{
    struct kafka_property property = {"queued.max.messages.kbytes", "4321"};
    struct err err;
    rd_kafka_conf_t *conf;
    char value[64];
    size_t size = sizeof(value);

    (void)state;
    conf = settings_new(CLIENT_CONSUMER, NULL, 0, &err);
    assert_non_null(conf);
    assert_int_equal(rd_kafka_conf_get(conf, "queued.max.messages.kbytes", value, &size), 0);
    assert_string_equal(value, "1024");
    rd_kafka_conf_destroy(conf);
    conf = settings_new(CLIENT_CONSUMER, &property, 1, &err);
    assert_non_null(conf);
    size = sizeof(value);
    assert_int_equal(rd_kafka_conf_get(conf, "queued.max.messages.kbytes", value, &size), 0);
    assert_string_equal(value, "4321");
    rd_kafka_conf_destroy(conf);
}

// Made and ended, with the thread that renews its secret.
static void secrets_that_are_renewed_are_ours(void **state)
{
    static const struct kafka_property password[] = {{"security.protocol", "sasl_plaintext"},
                                                     {"sasl.mechanism", "PLAIN"},
                                                     {"sasl.username", "u"},
                                                     {"sasl.password", "p"},
                                                     {"sasl.password.file", "/none/such"}};
    static const struct kafka_property token[] = {{"security.protocol", "sasl_plaintext"},
                                                  {"sasl.mechanism", "OAUTHBEARER"},
                                                  {"sasl.oauthbearer.token", "t"},
                                                  {"sasl.oauthbearer.token.command", "exit 1"},
                                                  {"sasl.oauthbearer.method", "oidc"}};
    const struct kafka_property *const given[] = {password, token};
    struct err err;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const size_t count = i ? 4 : 5;
        rd_kafka_conf_t *conf = settings_new(CLIENT_CONSUMER, given[i], count, &err);
        rd_kafka_t *rk;

        assert_non_null(conf);
        assert_int_equal(settings_client(CLIENT_CONSUMER, conf, given[i], count, &rk, &err), DONE);
        rd_kafka_destroy(rk);
    }
    assert_null(settings_new(CLIENT_CONSUMER, token, 5, &err));
    assert_non_null(strstr(err.text, "exclude each other"));
}

static void mistakes_are_named_without_their_value(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(make(CLIENT_CONSUMER, "bootstrap.server", "hush:9092", &err), FATAL);
    assert_non_null(strstr(err.text, "kafka.bootstrap.server:"));
    assert_null(strstr(err.text, "hush"));
    assert_int_equal(make(CLIENT_CONSUMER, "session.timeout.ms", "hush", &err), FATAL);
    assert_non_null(strstr(err.text, "kafka.session.timeout.ms:"));
    assert_null(strstr(err.text, "hush"));
}

static void a_contradiction_found_by_librdkafka_is_fatal_too(void **state)
{
    struct kafka_property property = {"max.in.flight.requests.per.connection", "100"};
    struct producer *producer = NULL;
    struct err err;

    (void)state;
    assert_int_equal(producer_new(&property, 1, NULL, NULL, &producer, &err), FATAL);
    assert_string_equal(err.reason, "BAD_PROPERTY");
    assert_null(producer);
}

static void assert_poll_interval(const struct kafka_property *properties, size_t count,
                                 const char *expected)
{
    char value[32];
    size_t size = sizeof value;
    struct err err;
    rd_kafka_conf_t *conf = settings_new(CLIENT_CONSUMER, properties, count, &err);

    assert_non_null(conf);
    assert_int_equal(rd_kafka_conf_get(conf, "max.poll.interval.ms", value, &size), 0);
    assert_string_equal(value, expected);
    rd_kafka_conf_destroy(conf);
}

static void a_longer_session_needs_no_other_setting(void **state)
{
    const struct kafka_property both[] = {{"session.timeout.ms", "90000"},
                                          {"max.poll.interval.ms", "70000"}};

    (void)state;
    assert_poll_interval(NULL, 0, "60000");
    assert_poll_interval(both, 1, "90000");
    assert_poll_interval(both, 2, "70000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_correctness_rests_on_cannot_be_changed),
        cmocka_unit_test(saying_the_same_as_we_is_no_contradiction),
        cmocka_unit_test(other_properties_are_passed_on),
        cmocka_unit_test(secrets_that_are_renewed_are_ours),
        cmocka_unit_test(mistakes_are_named_without_their_value),
        cmocka_unit_test(a_contradiction_found_by_librdkafka_is_fatal_too),
        cmocka_unit_test(a_longer_session_needs_no_other_setting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

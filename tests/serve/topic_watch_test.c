// SPDX-License-Identifier: Apache-2.0
// Which topics a process needs, how often it asks for them, and what it says of one that is
// missing.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kafka/rights.h"
#include "serve/process/topic_watch.h"
#include "support/between.h"

static const char *const events[] = {"events", "more-events", NULL};
static const struct config config = {.bootstrap_servers = "broker:9092",
                                     .event_topics = events,
                                     .cancel_request_topic = "requests",
                                     .command_topic = "commands",
                                     .decision_topic = "decisions",
                                     .dead_letter_topic = "letters"};

// Brokers that have all topics but one.
struct brokers {
    const char *without;
    const char *denied; // the topic that we may not ask about
    bool are_away;
    char asked[200];
};

static int exists(void *self, const char *topic, bool *there, struct err *err)
{
    struct brokers *brokers = self;

    strcat(strcat(brokers->asked, topic), " ");
    *there = !brokers->without || strcmp(brokers->without, topic) != 0;
    if (brokers->denied && !strcmp(brokers->denied, topic))
        return right_denied(err, RIGHT_SEE_TOPIC, topic);
    return brokers->are_away ? err_set(err, RETRY, "BROKERS_UNREACHABLE", "nobody is there") : DONE;
}

static struct topic_watch watch_of(bool projects, bool has_gate, bool has_http)
{
    static char part;
    struct process process = {.config = &config,
                              .projection = projects ? (void *)&part : NULL,
                              .gate = has_gate ? (void *)&part : NULL,
                              .http = has_http ? (void *)&part : NULL};
    struct topic_watch watch;
    struct err err;

    assert_int_equal(topic_watch_init(&watch, &process, &err), DONE);
    return watch;
}

static void assert_needs(bool projects, bool has_gate, bool has_http, const char *topics)
{
    struct topic_watch watch = watch_of(projects, has_gate, has_http);
    struct brokers brokers = {0};

    topic_watch_look(&watch, US_PER_SECOND, exists, &brokers);
    assert_string_equal(brokers.asked, topics);
    topic_watch_close(&watch);
}

static void each_part_needs_its_own(void **state)
{
    (void)state;
    assert_needs(true, false, false, "events more-events letters ");
    assert_needs(false, true, false, "requests commands decisions letters ");
    assert_needs(true, false, true, "events more-events commands decisions letters ");
    assert_needs(true, true, true, "events more-events requests commands decisions letters ");
}

static bool is_ready(const struct topic_watch *watch, char out[400])
{
    struct buffer reasons;
    bool ready;

    buffer_init(&reasons);
    ready = topic_watch_is_ready(watch, &reasons);
    assert_between(reasons.size, 0, 399);
    memcpy(out, reasons.data ? reasons.data : "", reasons.size);
    out[reasons.size] = '\0';
    buffer_free(&reasons);
    return ready;
}

static void one_that_is_missing_is_told_until_it_is_there(void **state)
{
    struct topic_watch watch = watch_of(true, true, false);
    struct brokers brokers = {.without = "commands"};
    char text[400];

    (void)state;
    assert_true(is_ready(&watch, text)); // nobody knows yet
    topic_watch_look(&watch, US_PER_SECOND, exists, &brokers);
    assert_false(is_ready(&watch, text));
    assert_string_equal(text, "the topic commands is missing (topic.commands); this creates it: "
                              "kafka-topics --bootstrap-server broker:9092 --create --topic "
                              "commands --partitions 4\n");
    brokers.without = NULL;
    topic_watch_look(&watch, 4 * US_PER_SECOND, exists, &brokers);
    assert_true(is_ready(&watch, text));

    brokers.without = "requests";
    topic_watch_look(&watch, 100 * US_PER_SECOND, exists, &brokers);
    assert_false(is_ready(&watch, text));
    assert_non_null(strstr(text, "--topic requests --partitions 4 --config "
                                 "message.timestamp.type=LogAppendTime\n"));
    topic_watch_close(&watch);
}

static void a_right_that_is_missing_is_told_and_hides_no_other_topic(void **state)
{
    struct topic_watch watch = watch_of(true, true, false);
    struct brokers brokers = {.denied = "requests", .without = "letters"};
    char text[400];

    (void)state;
    topic_watch_look(&watch, US_PER_SECOND, exists, &brokers);
    assert_false(is_ready(&watch, text));
    assert_non_null(strstr(text, "Kafka does not let us read the topic requests; this gives the "
                                 "right: kafka-acls --add --allow-principal User:jobtrail "
                                 "--operation Read --topic requests (topic.cancel-requests)\n"));
    assert_non_null(strstr(text, "the topic letters is missing"));
    brokers = (struct brokers){.denied = "commands"};
    topic_watch_look(&watch, 4 * US_PER_SECOND, exists, &brokers);
    assert_false(is_ready(&watch, text));
    assert_non_null(strstr(text, "--operation Write --topic commands (topic.commands)\n"));
    brokers.denied = NULL;
    topic_watch_look(&watch, 8 * US_PER_SECOND, exists, &brokers);
    assert_true(is_ready(&watch, text));
    topic_watch_close(&watch);
}

static void asking_is_rare(void **state)
{
    struct topic_watch watch = watch_of(true, false, false);
    struct brokers brokers = {0};

    (void)state;
    topic_watch_look(&watch, US_PER_SECOND, exists, &brokers);
    brokers.asked[0] = '\0';
    for (int second = 2; second < 30; second++)
        topic_watch_look(&watch, second * US_PER_SECOND, exists, &brokers);
    assert_string_equal(brokers.asked, "");
    topic_watch_look(&watch, 31 * US_PER_SECOND, exists, &brokers);
    assert_string_equal(brokers.asked, "events more-events letters ");
    topic_watch_close(&watch);
}

// What was seen before still counts; and each of many topics is not waited for in turn.
static void brokers_that_are_away_say_nothing_of_topics(void **state)
{
    struct topic_watch watch = watch_of(true, false, false);
    struct brokers brokers = {.without = "letters"};
    char text[400];

    (void)state;
    topic_watch_look(&watch, US_PER_SECOND, exists, &brokers);
    brokers = (struct brokers){.are_away = true};
    topic_watch_look(&watch, 10 * US_PER_SECOND, exists, &brokers);
    assert_string_equal(brokers.asked, "events ");
    topic_watch_look(&watch, 10 * US_PER_SECOND, exists, &brokers);
    assert_string_equal(brokers.asked, "events ");
    assert_false(is_ready(&watch, text));
    topic_watch_close(&watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_needs_its_own),
        cmocka_unit_test(one_that_is_missing_is_told_until_it_is_there),
        cmocka_unit_test(a_right_that_is_missing_is_told_and_hides_no_other_topic),
        cmocka_unit_test(asking_is_rare),
        cmocka_unit_test(brokers_that_are_away_say_nothing_of_topics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

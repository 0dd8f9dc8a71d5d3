// SPDX-License-Identifier: Apache-2.0
// Where a partition is read from: what is asked for it, in which order, and what stops it.
#include "serve/source/made_kafka.h"

#include <stdlib.h>
#include <string.h>

#include "support/failing_malloc.h"

struct world {
    struct made_kafka kafka;
    struct start_finder finder;
    struct start_point point; // of what was looked for last
    struct err err;
};

static int open_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    made_kafka_init(&world->kafka);
    world->finder = (struct start_finder){
        .cluster = made_cluster(&world->kafka),
        .positions = made_positions(&world->kafka),
        .who = "gate",
        .now_us = made_clock,
    };
    catch_log();
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;

    release_log();
    start_finder_close(&world->finder);
    free(world);
    return 0;
}

static int find(struct world *world, int32_t partition)
{
    struct start_search search = {.source = made_source(partition)};

    start_finder_find(&world->finder, &search, 1);
    world->point = search.point;
    world->err = search.err;
    return search.rc;
}

// Ten records were read, of a log that has twenty.
static struct made_partition *half_read(struct world *world, int32_t partition)
{
    struct made_partition *made = &world->kafka.partitions[partition];

    *made = (struct made_partition){
        .high = 20,
        .is_stored = true,
        .position = {.next_offset = 10, .last_offset = 8, .last_timestamp_ms = 5, .last_hash = 7},
        .cluster_id = "here",
    };
    return made;
}

static void a_new_partition_begins_where_its_log_does(void **state)
{
    struct world *world = *state;
    struct made_partition *made = &world->kafka.partitions[1];

    made->low = 5;
    made->high = 9;
    assert_int_equal(find(world, 1), DONE);
    assert_int_equal(world->point.offset, 5);
    assert_false(world->point.expects_last);
    assert_true(made->is_stored);
    assert_int_equal(made->position.next_offset, 5);
    assert_int_equal(made->position.last_offset, -1);
    assert_string_equal(made->cluster_id, "here");
    assert_int_equal(world->kafka.calls[ASKED_CREATE], 1);
}

static void a_known_partition_begins_with_the_last_record_once_more(void **state)
{
    struct world *world = *state;

    half_read(world, 0);
    assert_int_equal(find(world, 0), DONE);
    assert_int_equal(world->point.offset, 8);
    assert_true(world->point.expects_last);
    assert_int_equal(world->point.last.offset, 8);
    assert_int_equal(world->point.last.timestamp_ms, 5);
    assert_int_equal(world->point.last.hash, 7);
    assert_int_equal(world->point.position.next_offset, 10);
    assert_int_equal(world->kafka.calls[ASKED_CREATE], 0);
}

static void a_position_that_a_person_set_gets_its_cluster(void **state)
{
    struct world *world = *state;
    struct made_partition *made = half_read(world, 0);

    made->position = (struct source_position){.next_offset = 12, .last_offset = -1};
    *made->cluster_id = '\0';
    assert_int_equal(find(world, 0), DONE);
    assert_int_equal(world->point.offset, 12);
    assert_string_equal(made->cluster_id, "here");
}

static void the_position_is_asked_for_before_the_log(void **state)
{
    struct world *world = *state;

    half_read(world, 0);
    assert_int_equal(find(world, 0), DONE);
    assert_string_equal(world->kafka.asked, "cluster -1, topic -1, position 0, bounds 0, ");
}

static void the_cluster_and_the_topic_are_asked_for_once_for_its_partitions(void **state)
{
    struct world *world = *state;

    for (int32_t i = 0; i < MADE_PARTITIONS; i++)
        assert_int_equal(find(world, i), DONE);
    assert_int_equal(world->kafka.calls[ASKED_CLUSTER], 1);
    assert_int_equal(world->kafka.calls[ASKED_TOPIC], 1);
    world->kafka.now_us += 60 * US_PER_SECOND;
    assert_int_equal(find(world, 0), DONE);
    assert_int_equal(world->kafka.calls[ASKED_CLUSTER], 1);
    assert_int_equal(world->kafka.calls[ASKED_TOPIC], 2);
}

static void refuses(struct world *world, const char *reason)
{
    assert_int_equal(find(world, 0), FATAL);
    assert_string_equal(world->err.reason, reason);
    assert_int_equal(world->kafka.calls[ASKED_CREATE], 0);
}

static void a_log_that_is_another_is_refused(void **state)
{
    struct world *world = *state;
    struct made_partition *made = half_read(world, 0);

    made->high = 9;
    refuses(world, "POSITION_PAST_END");
    made->high = 20;
    made->low = 11;
    refuses(world, "POSITION_EXPIRED");
    made->low = 0;
    strcpy(made->cluster_id, "elsewhere");
    refuses(world, "OTHER_CLUSTER");
}

static void loss_is_said_only_when_it_was_seen_twice(void **state)
{
    struct world *world = *state;

    half_read(world, 0)->high = 9;
    refuses(world, "POSITION_PAST_END");
    assert_string_equal(world->kafka.asked,
                        "cluster -1, topic -1, position 0, bounds 0, position 0, bounds 0, ");
}

// Somebody else reads on, between our question to the store and the one to the brokers.
static void a_position_that_is_moved_meanwhile_is_no_loss(void **state)
{
    struct world *world = *state;
    struct made_partition *made = half_read(world, 0);

    made->is_moved_to = 500;
    made->low = 400; // what we saw stored is no longer kept
    assert_int_equal(find(world, 0), DONE);
    assert_int_equal(world->point.position.next_offset, 500);
}

static void many_are_looked_for_with_one_question_each(void **state)
{
    struct world *world = *state;
    struct start_search searches[MADE_PARTITIONS];

    for (int32_t i = 0; i < MADE_PARTITIONS; i++) {
        half_read(world, i);
        searches[i] = (struct start_search){.source = made_source(i)};
    }
    world->kafka.partitions[1].has_no_leader = true;
    world->kafka.partitions[2].high = 3;
    start_finder_find(&world->finder, searches, MADE_PARTITIONS);
    assert_string_equal(world->kafka.asked,
                        "cluster -1, topic -1, position 0, position 1, position 2, position 3, "
                        "bounds 0, bounds 1, bounds 2, bounds 3, position 2, bounds 2, ");
    assert_int_equal(searches[0].rc, DONE);
    assert_int_equal(searches[1].rc, RETRY);
    assert_int_equal(searches[2].rc, FATAL);
    assert_int_equal(searches[3].rc, DONE);
    assert_int_equal(world->kafka.rests, 1);
}

static void a_compacted_topic_is_refused(void **state)
{
    struct world *world = *state;

    world->kafka.topic.compacted = true;
    refuses(world, "TOPIC_COMPACTED");
    // Nor is it believed to have been looked at.
    refuses(world, "TOPIC_COMPACTED");
}

static void the_senders_timestamps_matter_where_age_does(void **state)
{
    struct world *world = *state;

    world->kafka.topic.stamped_by_broker = false;
    world->finder.broker_stamps = true;
    refuses(world, "TOPIC_TIMESTAMPS");
    world->finder.broker_stamps = false;
    assert_int_equal(find(world, 0), DONE);
}

static void a_missing_topic_is_waited_for(void **state)
{
    struct world *world = *state;

    world->kafka.topic = (struct topic_state){.exists = false};
    assert_int_equal(find(world, 0), RETRY);
    assert_string_equal(world->err.reason, "TOPIC_MISSING");
    world->kafka.topic = (struct topic_state){.exists = true, .config_readable = true};
    assert_int_equal(find(world, 0), DONE);
}

// Both twins once logged as the consumer.
static void the_log_names_who_asks(void **state)
{
    struct world *world = *state;

    world->kafka.topic.config_readable = false;
    assert_int_equal(find(world, 0), DONE);
    assert_non_null(strstr(caught_log(), "no right to read the topic's configuration"));
    assert_non_null(strstr(caught_log(), "a new partition"));
    assert_non_null(strstr(caught_log(), "who=gate"));
    assert_null(strstr(caught_log(), "who=consumer"));
}

static void without_memory_it_is_asked_again(void **state)
{
    struct world *world = *state;
    bool happened = true;
    int failures = 0;

    half_read(world, 0);
    for (long n = 1; happened; n++) {
        int rc;

        failing_malloc_after(n);
        rc = find(world, 0);
        happened = failing_malloc_happened();
        failing_malloc_never();
        assert_int_equal(rc, happened ? RETRY : DONE);
        if (happened)
            assert_string_equal(world->err.reason, "OUT_OF_MEMORY");
        failures += happened;
        start_finder_close(&world->finder);
    }
    assert_int_equal(failures, 6); // the survey's four lists, the cluster's id, the topic looked at
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_partition_begins_where_its_log_does, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(a_known_partition_begins_with_the_last_record_once_more,
                                        open_world, close_world),
        cmocka_unit_test_setup_teardown(a_position_that_a_person_set_gets_its_cluster, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(the_position_is_asked_for_before_the_log, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(
            the_cluster_and_the_topic_are_asked_for_once_for_its_partitions, open_world,
            close_world),
        cmocka_unit_test_setup_teardown(a_log_that_is_another_is_refused, open_world, close_world),
        cmocka_unit_test_setup_teardown(loss_is_said_only_when_it_was_seen_twice, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(a_position_that_is_moved_meanwhile_is_no_loss, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(many_are_looked_for_with_one_question_each, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(a_compacted_topic_is_refused, open_world, close_world),
        cmocka_unit_test_setup_teardown(the_senders_timestamps_matter_where_age_does, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(a_missing_topic_is_waited_for, open_world, close_world),
        cmocka_unit_test_setup_teardown(the_log_names_who_asks, open_world, close_world),
        cmocka_unit_test_setup_teardown(without_memory_it_is_asked_again, open_world, close_world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

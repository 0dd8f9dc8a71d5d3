// SPDX-License-Identifier: Apache-2.0
// Everybody comes back at once: what is new is told to the others in between.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/stream_sim_client.h"

// As many as more than one round has time for, each from a position far from all others.
enum { JOINERS = 100, APART_US = 6 * 1000 * 1000, ROUNDS_MAX = 20, JOB_OF_B = SIM_JOBS - 1 };

static const char *const topics[] = {"events", NULL};
static const struct api api = {.base_url = "", .event_topics = topics};
static struct dice dice;
static struct hub *hub;
static struct sim_client joiners[JOINERS], other;

static void commit(unsigned jobs)
{
    sim_database.log[sim_database.log_count++] =
        (struct sim_change){.id = sim_database.next_id++,
                            .began_at_us = sim_database.now_us,
                            .committed_at_us = sim_database.now_us,
                            .stamped_us = sim_database.now_us,
                            .kept = sim_database.primary.kept,
                            .jobs = jobs};
    sim_database.primary.end++;
    for (int job = 0; job < SIM_JOBS; job++)
        sim_database.primary.version[job] += jobs & 1U << job ? 1 : 0;
}

static void go_round(void)
{
    sim_database_pass(US_PER_SECOND);
    hub_round(hub, sim_database.lived_us, sim_database.now_us);
}

static void begin_client(struct sim_client *client, const char *organization_id)
{
    sim_client_begin(client, &dice);
    client->is_administrator = true;
    client->viewer.role = ROLE_ADMINISTRATOR;
    client->viewer.organization_id = slice_of(organization_id);
    client->type = NULL;
}

static int begin(void **state)
{
    struct err err;

    (void)state;
    dice = dice_from(1);
    sim_database_begin(&dice);
    sim_database.has_replica = sim_database.clocks_differ = false;
    sim_database.fails_percent = 0;
    assert_int_equal(hub_new(&(struct hub_options){.api = &api}, &hub, &err), DONE);
    go_round();
    begin_client(&other, "b");
    sim_client_come(&other, hub);
    for (size_t i = 0; i < JOINERS; i++) {
        begin_client(&joiners[i], "a");
        go_round();
        joiners[i].hub = hub;
        joiners[i].last_id = hub_position(hub);
        commit(1);
        sim_database_pass(APART_US);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < JOINERS; i++)
        sim_client_leave(&joiners[i]);
    sim_client_leave(&other);
    hub_free(hub);
    return 0;
}

static void news_is_told_between_those_who_come_back(void **state)
{
    size_t rounds = 0, before = 0;

    (void)state;
    for (size_t i = 0; i < JOINERS; i++)
        sim_client_come(&joiners[i], hub);
    do {
        commit(1U << JOB_OF_B);
        go_round();
        sim_client_read(&other, CLIENT_TEXT);
        assert_true(sim_client_is_right(&other));
        assert_true(hub->clients > before); // some more came in
        before = hub->clients;
        rounds++;
    } while (hub->arriving && rounds < ROUNDS_MAX);
    assert_true(rounds > 1);
    assert_null(hub->arriving);
    assert_int_equal(hub->clients, JOINERS + 1);
    for (size_t i = 0; i < JOINERS; i++) {
        sim_client_read(&joiners[i], CLIENT_TEXT);
        assert_true(sim_client_is_right(&joiners[i]));
        assert_null(joiners[i].fault);
        assert_int_equal(joiners[i].resets, 0);
    }
}

static void an_organisation_waits_for_no_other(void **state)
{
    struct sim_client *late = &other;

    (void)state;
    for (size_t i = 0; i < JOINERS; i++)
        sim_client_come(&joiners[i], hub);
    sim_client_leave(late);
    commit(1U << JOB_OF_B);
    sim_client_come(late, hub); // as the last
    go_round();
    sim_client_read(late, CLIENT_TEXT);
    assert_non_null(hub->arriving);
    assert_true(sim_client_is_right(late));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(news_is_told_between_those_who_come_back, begin, end),
        cmocka_unit_test_setup_teardown(an_organisation_waits_for_no_other, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

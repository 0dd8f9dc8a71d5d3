// SPDX-License-Identifier: Apache-2.0
// A trigger of somebody else's that returns no row makes PostgreSQL write none, and say nothing;
// and of one that changes a value until our own constraint refuses it nothing is said either. The
// gate and the relay notice: nothing is kept of such a transaction, and the table is named.
#include <stdio.h>
#include <string.h>

#include "store/ledger/ledger_kit.h"
#include "store/ledger/outbox.h"

struct swallower {
    const char *what, *table;
    const char *does; // instead of swallowing, as in "new.reason := 'x'"; NULL: it swallows
};

static void swallow(struct harness *harness, const struct swallower *swallower)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS"
             " $$ BEGIN %s; RETURN %s; END $$;"
             "CREATE TRIGGER theirs BEFORE %s ON %s FOR EACH ROW EXECUTE FUNCTION theirs()",
             swallower->does ? swallower->does : "NULL", swallower->does ? "new" : "NULL",
             swallower->what, swallower->table);
    harness_run(harness->side, sql);
}

static void stop_swallowing(struct harness *harness)
{
    harness_run(harness->side, "DROP FUNCTION theirs CASCADE");
}

static void expect_named(int rc, const struct err *err, const struct swallower *swallower)
{
    char words[64];

    if (rc != FATAL || strcmp(err->reason, "SCHEMA_ALTERED") != 0)
        fail_msg("%s of %s: %d %s", swallower->what, swallower->table, rc, rc ? err->text : "");
    snprintf(words, sizeof words, "\\d %s;", swallower->table);
    if (!strstr(err->text, words))
        fail_msg("\"%s\" is not in: %s", words, err->text);
}

#define KEPT                                                                                       \
    "SELECT (SELECT count(*) FROM jobtrail.cancel_request) || ' ' ||"                              \
    " (SELECT count(*) FROM jobtrail.cancel_request WHERE decided_at IS NULL) || ' ' ||"           \
    " (SELECT count(*) FROM jobtrail.cancel_command) || ' ' ||"                                    \
    " (SELECT count(*) FROM jobtrail.outbox) || ' ' ||"                                            \
    " (SELECT count(*) FROM jobtrail.cancel_command WHERE withdrawn_at IS NOT NULL) || ' ' ||"     \
    " (SELECT sum(publications) FROM jobtrail.cancel_command)"

// One transaction of the gate; NULL: it must succeed.
static void transact(struct harness *harness, struct ledger *ledger,
                     const struct cancel_request *request, int64_t now_us,
                     const struct swallower *swallower)
{
    struct gate gate = ledger_kit_gate(ledger);
    struct gate_verdict verdict;
    struct err err = {0};
    char before[64];
    int rc;

    snprintf(before, sizeof before, "%s", harness_value(harness->side, KEPT));
    if (swallower)
        swallow(harness, swallower);
    if (!ledger_is_connected(ledger) && ledger_connect(ledger, &err))
        fail_msg("connect: %s", err.text);
    rc = gate_transact(&gate, request, 1, NULL, now_us, &verdict, NULL, &err);
    if (!swallower && rc)
        fail_msg("%s: %s", err.reason, err.text);
    if (!swallower)
        return;
    expect_named(rc, &err, swallower);
    assert_string_equal(harness_value(harness->side, KEPT), before);
    stop_swallowing(harness);
}

static void the_gate_names_what_swallows_its_rows(void **state)
{
    static const struct swallower of_a_grant[] = {{"INSERT", "jobtrail.cancel_request", NULL},
                                                  {"INSERT", "jobtrail.cancel_command", NULL},
                                                  {"INSERT", "jobtrail.outbox", NULL},
                                                  {"INSERT", "jobtrail.change", NULL}},
                                  of_a_late_one = {"UPDATE", "jobtrail.cancel_request", NULL},
                                  of_one_more_try = {"UPDATE", "jobtrail.cancel_command", NULL};
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct cancel_request request = ledger_kit_request(1, "a", "ada"),
                          again = ledger_kit_request(2, "a", "ada"),
                          late = ledger_kit_kafka(3, "late", "ada", 0);
    const int64_t later_us = LEDGER_KIT_NOW_US + 40 * US_PER_SECOND;

    ledger_kit_job(harness, "a");
    for (size_t i = 0; i < sizeof of_a_grant / sizeof *of_a_grant; i++)
        transact(harness, ledger, &request, LEDGER_KIT_NOW_US, &of_a_grant[i]);
    transact(harness, ledger, &request, LEDGER_KIT_NOW_US, NULL);
    // Nobody answered: the command goes out once more.
    transact(harness, ledger, &again, later_us, &of_one_more_try);
    transact(harness, ledger, &again, later_us, NULL);
    // A request that waited for its job.
    transact(harness, ledger, &late, LEDGER_KIT_NOW_US, NULL);
    ledger_kit_job(harness, "late");
    late.ledger_id = harness_number(harness->side,
                                    "SELECT id FROM jobtrail.cancel_request WHERE job_id = 'late'");
    transact(harness, ledger, &late, LEDGER_KIT_NOW_US, &of_a_late_one);
    transact(harness, ledger, &late, LEDGER_KIT_NOW_US, &of_a_grant[2]);
    transact(harness, ledger, &late, LEDGER_KIT_NOW_US, NULL);
    assert_string_equal(harness_value(harness->side, KEPT), "3 0 2 6 0 0");
    ledger_free(ledger);
}

#define THEY(what, table, does)                                                                    \
    {                                                                                              \
        what, "jobtrail." table, does                                                              \
    }

// Granted, refused, waiting, decided late: what is asked to be written keeps every constraint.
static void the_gate_names_what_changes_its_rows(void **state)
{
    static const struct swallower of_a_grant[] = {
        THEY("INSERT", "cancel_request", "new.channel := 'fax'"),
        THEY("INSERT", "cancel_request", "new.decision := 'perhaps'"),
        THEY("INSERT", "cancel_request", "new.reason_code := NULL"),
        THEY("INSERT", "cancel_request", "new.requester_id := 'eve'"),
        THEY("INSERT", "cancel_request", "new.identified := false"),
        THEY("INSERT", "cancel_request", "new.topic := 'requests'"),
        THEY("INSERT", "cancel_request", "new.command_id := gen_random_uuid()"),
        THEY("INSERT", "cancel_command", "new.requester_id := 'eve'"),
        THEY("INSERT", "cancel_command", "new.attempt := 0"),
    };
    static const struct swallower of_a_refusal =
        THEY("INSERT", "cancel_request", "new.command_id := gen_random_uuid()");
    static const struct swallower of_one_that_waits =
        THEY("INSERT", "cancel_request", "new.waits_until := NULL");
    static const struct swallower of_a_late_one =
        THEY("UPDATE", "cancel_request", "new.creator_id := 'eve'");
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct cancel_request request = ledger_kit_request(1, "a", "ada"),
                          strangers = ledger_kit_request(2, "a", "eve"),
                          late = ledger_kit_kafka(3, "late", "ada", 0);

    ledger_kit_job(harness, "a");
    for (size_t i = 0; i < sizeof of_a_grant / sizeof *of_a_grant; i++)
        transact(harness, ledger, &request, LEDGER_KIT_NOW_US, &of_a_grant[i]);
    transact(harness, ledger, &request, LEDGER_KIT_NOW_US, NULL);
    transact(harness, ledger, &strangers, LEDGER_KIT_NOW_US, &of_a_refusal);
    transact(harness, ledger, &strangers, LEDGER_KIT_NOW_US, NULL);
    transact(harness, ledger, &late, LEDGER_KIT_NOW_US, &of_one_that_waits);
    transact(harness, ledger, &late, LEDGER_KIT_NOW_US, NULL);
    ledger_kit_job(harness, "late");
    late.ledger_id = harness_number(harness->side,
                                    "SELECT id FROM jobtrail.cancel_request WHERE job_id = 'late'");
    transact(harness, ledger, &late, LEDGER_KIT_NOW_US, &of_a_late_one);
    transact(harness, ledger, &late, LEDGER_KIT_NOW_US, NULL);
    ledger_free(ledger);
}

enum act { MARK, MARK_DEAD_LETTERS, REFUSE, REFUSE_DEAD_LETTER, WITHDRAW };

static int act(struct outbox *outbox, enum act act, const int64_t ids[2], struct err *err)
{
    size_t count;

    if (!outbox_is_connected(outbox) && outbox_connect(outbox, err))
        fail_msg("connect: %s", err->text);
    switch (act) {
    case MARK:
    case MARK_DEAD_LETTERS:
        return outbox_mark(outbox, act == MARK_DEAD_LETTERS, ids, act == MARK ? 2 : 1, err);
    case REFUSE:
    case REFUSE_DEAD_LETTER:
        return outbox_refuse(outbox, act == REFUSE_DEAD_LETTER, ids[0], "R", err);
    case WITHDRAW:
        return outbox_withdraw(outbox, ids, 2, &count, err);
    }
    return FATAL;
}

static void the_relay_names_what_swallows_its_rows(void **state)
{
    static const struct {
        enum act act;
        struct swallower swallower;
    } cases[] = {
        {REFUSE, {"UPDATE", "jobtrail.outbox", NULL}},
        {REFUSE_DEAD_LETTER, {"UPDATE", "jobtrail.dead_letter", NULL}},
        {MARK_DEAD_LETTERS, {"UPDATE", "jobtrail.dead_letter", NULL}},
        {WITHDRAW, {"DELETE", "jobtrail.outbox", NULL}},
        {WITHDRAW, {"UPDATE", "jobtrail.cancel_command", NULL}},
        {WITHDRAW, {"INSERT", "jobtrail.outbox", NULL}},
        {WITHDRAW, {"INSERT", "jobtrail.change", NULL}},
        {MARK, {"DELETE", "jobtrail.outbox", NULL}},
        {MARK, {"UPDATE", "jobtrail.cancel_command", NULL}},
        {MARK, {"UPDATE", "jobtrail.cancel_request", NULL}},
        {MARK, {"INSERT", "jobtrail.change", NULL}},
    };
    static const enum act in_the_end[] = {MARK_DEAD_LETTERS, REFUSE, WITHDRAW, MARK,
                                          // Whatever is done already is no trigger's fault.
                                          MARK_DEAD_LETTERS, REFUSE, WITHDRAW, MARK};
    struct harness *harness = *state;
    struct ledger *ledger = ledger_kit_open(harness);
    struct outbox *outbox = ledger_kit_outbox(harness);
    struct cancel_request request = ledger_kit_request(1, "a", "ada");
    static const int64_t ids[2] = {1, 2}; // the command and its decision
    struct err err = {0};

    ledger_kit_job(harness, "a");
    transact(harness, ledger, &request, LEDGER_KIT_NOW_US, NULL);
    harness_run(harness->side,
                "INSERT INTO jobtrail.dead_letter (topic, partition, record_offset, timestamp_ms,"
                " stage, reason, message, header_names, header_values)"
                " VALUES ('e', 0, 0, 0, 'decode', 'X', '', '{}', '{}')");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char before[64];

        snprintf(before, sizeof before, "%s", harness_value(harness->side, KEPT));
        swallow(harness, &cases[i].swallower);
        expect_named(act(outbox, cases[i].act, ids, &err), &err, &cases[i].swallower);
        assert_string_equal(harness_value(harness->side, KEPT), before);
        stop_swallowing(harness);
    }
    for (size_t i = 0; i < sizeof in_the_end / sizeof *in_the_end; i++)
        if (act(outbox, in_the_end[i], ids, &err))
            fail_msg("%zu: %s: %s", i, err.reason, err.text);
    // The command was withdrawn, so that its decision goes out once more, as what it became.
    assert_string_equal(harness_value(harness->side, KEPT), "1 0 1 1 1 0");
    outbox_free(outbox);
    ledger_free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_open, harness_close)
        TEST(the_gate_names_what_swallows_its_rows),
        TEST(the_gate_names_what_changes_its_rows),
        TEST(the_relay_names_what_swallows_its_rows),
    };

    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}

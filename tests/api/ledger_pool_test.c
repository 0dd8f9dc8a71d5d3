// SPDX-License-Identifier: Apache-2.0
// The pool of ledgers does not try again at once to connect what could not be connected. The linker
// sends what it asks of ledgers and the clock here (-Wl,--wrap=...).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/ledger_pool.h"

static struct {
    int64_t now_us;
    int attempts;
    bool is_away;
} made;

int64_t __wrap_clock_monotonic_us(void);
int __wrap_ledger_connect(struct ledger *ledger, struct err *err);
bool __wrap_ledger_is_connected(const struct ledger *ledger);

int64_t __wrap_clock_monotonic_us(void)
{
    return made.now_us;
}

int __wrap_ledger_connect(struct ledger *ledger, struct err *err)
{
    (void)ledger;
    made.attempts++;
    return made.is_away ? err_set(err, RETRY, "SERVER_AWAY", "attempt %d", made.attempts) : DONE;
}

bool __wrap_ledger_is_connected(const struct ledger *ledger)
{
    (void)ledger;
    return false;
}

static struct ledger_pool *make_pool(void)
{
    const struct connection_options options = {.conninfo = "", .application_name = "test"};
    struct ledger_pool *pool;
    struct err err;

    assert_int_equal(ledger_pool_new(&options, &pool, &err), DONE);
    return pool;
}

static void what_failed_is_not_tried_again_at_once(void **state)
{
    struct ledger_pool *pool = make_pool();
    struct ledger *ledger;
    struct err err;

    (void)state;
    made.now_us = 1000;
    made.attempts = 0;
    made.is_away = true;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ledger_pool_take(pool, &ledger, &err), RETRY);
        assert_string_equal(err.reason, "SERVER_AWAY");
        assert_string_equal(err.text, "attempt 1");
    }
    made.now_us += 5 * 1000 * 1000;
    assert_int_equal(ledger_pool_take(pool, &ledger, &err), RETRY);
    assert_string_equal(err.text, "attempt 2");
    made.now_us += 5 * 1000 * 1000;
    made.is_away = false;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ledger_pool_take(pool, &ledger, &err), DONE);
        ledger_pool_give(pool, ledger);
    }
    assert_int_equal(made.attempts, 5);
    ledger_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_failed_is_not_tried_again_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

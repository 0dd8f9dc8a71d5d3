// SPDX-License-Identifier: Apache-2.0
// The table of checks: what the page for operators says of it, and that it is in an order in which
// nothing comes before what it stands on.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/check.h"

static char *read_page(void)
{
    FILE *file = fopen(DOCTOR_PAGE, "re");
    char *text = calloc(1, 1 << 16);

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 16) - 1, file) > 0);
    fclose(file);
    return text;
}

static void the_page_has_every_check_in_order(void **state)
{
    char *page = read_page();
    const char *at = page;

    (void)state;
    for (size_t i = 0; i < check_count; i++) {
        char row[256];

        snprintf(row, sizeof row, "\n| `%s` | %s |", check_table[i].name, check_table[i].looks_at);
        at = strstr(at, row);
        if (!at)
            fail_msg("docs/operate/doctor.md lacks, or has elsewhere:%s", row);
    }
    free(page);
}

static void what_others_stand_on_comes_first(void **state)
{
    bool seen[GROUNDS] = {[ON_NOTHING] = true};

    (void)state;
    for (size_t i = 0; i < check_count; i++) {
        const struct check *check = &check_table[i];

        if (check->stands_on == ON_BOTH)
            assert_true(seen[ON_SCHEMA] && seen[ON_KAFKA]);
        else
            assert_true(seen[check->stands_on]);
        seen[check->is_ground_of] = true;
        assert_non_null(check->run);
        assert_true(strlen(check->name) <= 13); // a column's width
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_has_every_check_in_order),
        cmocka_unit_test(what_others_stand_on_comes_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

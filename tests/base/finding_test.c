// SPDX-License-Identifier: Apache-2.0
// What was found, and where in the words of an error the command is that mends it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/finding.h"
#include "support/failing_malloc.h"

static struct findings findings;

static int begin(void **state)
{
    (void)state;
    findings_init(&findings);
    return 0;
}

static int end(void **state)
{
    (void)state;
    failing_malloc_never();
    findings_free(&findings);
    return 0;
}

static void the_worst_counts(void **state)
{
    (void)state;
    assert_int_equal(findings_worst(&findings), FINDING_OK);
    for (int i = 0; i < 100; i++)
        findings_add(&findings, FINDING_OK, "subject", "number %d", i);
    assert_int_equal(findings_worst(&findings), FINDING_OK);
    findings_add(&findings, FINDING_WARNING, "", "it is late");
    findings_add(&findings, FINDING_OK, "", "fine");
    assert_int_equal(findings_worst(&findings), FINDING_WARNING);
    findings_add(&findings, FINDING_ERROR, "", "it is over");
    assert_int_equal(findings_worst(&findings), FINDING_ERROR);
    assert_int_equal(findings.count, 103);
    assert_string_equal(findings.items[99].text, "number 99");
    assert_string_equal(findings.items[99].subject, "subject");
    assert_string_equal(findings.items[99].command, "");
    assert_string_equal(finding_level_name(findings.items[102].level), "error");
}

static void a_command_belongs_to_what_was_added_last(void **state)
{
    (void)state;
    findings_add(&findings, FINDING_OK, "", "first");
    findings_add(&findings, FINDING_ERROR, "", "second");
    findings_command(&findings, "mend --now %d", 2);
    findings_command(&findings, "mend --now %d", 3);
    assert_string_equal(findings.items[0].command, "");
    assert_string_equal(findings.items[1].command, "mend --now 3");
    assert_false(findings.failed);
}

static void the_command_is_found_in_the_words_of_an_error(void **state)
{
    static const struct {
        const char *text, *command;
    } cases[] = {
        {"the database lacks 2 migrations: run jobtrail migrate", "jobtrail migrate"},
        {"set it to delete: kafka-configs --alter --add-config cleanup.policy=delete",
         "kafka-configs --alter --add-config cleanup.policy=delete"},
        {"t[0]: the log ends. To accept the loss and go on: jobtrail positions set t 0 5. To read "
         "all of its topic from the beginning: jobtrail positions forget t",
         "jobtrail positions set t 0 5"},
        {"no number left; as its owner: ALTER SEQUENCE a.b NO MAXVALUE",
         "ALTER SEQUENCE a.b NO MAXVALUE"},
        {"have an administrator run GRANT jobtrail_reader TO svc", "GRANT jobtrail_reader TO svc"},
        {"have an administrator run GRANT jobtrail_reader TO svc, then SELECT f() as the role that "
         "ran jobtrail migrate",
         "GRANT jobtrail_reader TO svc"},
        {"it may not read yet: run SELECT f() as the role that ran jobtrail migrate", "SELECT f()"},
        {"this role may not: run INSERT INTO jobtrail.reader_organization VALUES ('x', NULL) as "
         "the "
         "role that ran jobtrail migrate, on the primary",
         "INSERT INTO jobtrail.reader_organization VALUES ('x', NULL)"},
        {"nobody answers", ""},
        {"the jobtrail of yesterday", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err;

        err_set(&err, FATAL, "ANY", "%s", cases[i].text);
        findings_add_err(&findings, FINDING_ERROR, "it", &err);
        assert_string_equal(findings.items[i].text, cases[i].text);
        assert_string_equal(findings.items[i].command, cases[i].command);
    }
}

static void without_memory_it_is_told_that_something_was_not(void **state)
{
    (void)state;
    for (long n = 1;; n++) {
        findings_free(&findings);
        failing_malloc_after(n);
        findings_add(&findings, FINDING_ERROR, "subject", "text");
        findings_command(&findings, "command");
        if (!failing_malloc_happened())
            break;
        assert_true(findings.failed);
        assert_true(findings.count <= 1);
    }
    assert_false(findings.failed);
    assert_int_equal(findings.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_worst_counts, begin, end),
        cmocka_unit_test_setup_teardown(a_command_belongs_to_what_was_added_last, begin, end),
        cmocka_unit_test_setup_teardown(the_command_is_found_in_the_words_of_an_error, begin, end),
        cmocka_unit_test_setup_teardown(without_memory_it_is_told_that_something_was_not, begin,
                                        end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

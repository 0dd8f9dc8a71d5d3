// SPDX-License-Identifier: Apache-2.0
// A check that fails, hangs, crashes or ends the process is a finding; what it had told before is
// told, and whoever asked goes on.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor/probe.h"

enum { LONG_MS = 60 * 1000, SHORT_MS = 1000, MANY = 3000 };

static int finds_some(const struct patient *patient, struct findings *findings, struct err *err)
{
    (void)err;
    findings_add(findings, FINDING_OK, "", "one");
    findings_add(findings, FINDING_WARNING, "two's subject", "it is %d", patient->old_after_s);
    findings_command(findings, "mend it");
    return DONE;
}

static int finds_many(const struct patient *patient, struct findings *findings, struct err *err)
{
    (void)patient, (void)err;
    for (int i = 0; i < MANY; i++)
        findings_add(findings, FINDING_OK, "some subject", "what it is about is number %d", i);
    return DONE;
}

static int finds_nothing(const struct patient *patient, struct findings *findings, struct err *err)
{
    (void)patient, (void)findings, (void)err;
    return DONE;
}

static int fails(const struct patient *patient, struct findings *findings, struct err *err)
{
    (void)patient;
    findings_add(findings, FINDING_OK, "", "one");
    return err_set(err, RETRY, "ANY", "nobody answers");
}

static int hangs(const struct patient *patient, struct findings *findings, struct err *err)
{
    (void)patient, (void)err;
    while (!findings->count)
        pause();
    return DONE;
}

static int crashes(const struct patient *patient, struct findings *findings, struct err *err)
{
    (void)patient, (void)findings, (void)err;
    signal(SIGSEGV, SIG_DFL); // whatever a sanitizer would make of it
    raise(SIGSEGV);
    return DONE;
}

static int ends_the_process(const struct patient *patient, struct findings *findings,
                            struct err *err)
{
    (void)patient, (void)findings, (void)err;
    _exit(3);
}

static const struct config config;

static void probe(int (*run)(const struct patient *, struct findings *, struct err *),
                  int timeout_ms, struct findings *findings)
{
    const struct check check = {.name = "made", .looks_at = "nothing", .run = run};
    const struct patient patient = {.config = &config, .old_after_s = 42};
    struct err err;

    findings_init(findings);
    assert_int_equal(probe_run(&check, &patient, timeout_ms, findings, &err), DONE);
    assert_false(findings->failed);
}

static void what_is_found_comes_whole(void **state)
{
    struct findings findings;

    (void)state;
    probe(finds_some, LONG_MS, &findings);
    assert_int_equal(findings.count, 2);
    assert_string_equal(findings.items[0].text, "one");
    assert_string_equal(findings.items[0].command, "");
    assert_int_equal(findings.items[1].level, FINDING_WARNING);
    assert_string_equal(findings.items[1].subject, "two's subject");
    assert_string_equal(findings.items[1].text, "it is 42");
    assert_string_equal(findings.items[1].command, "mend it");
    findings_free(&findings);

    probe(finds_many, LONG_MS, &findings); // more than a pipe holds
    assert_int_equal(findings.count, MANY);
    findings_free(&findings);
    probe(finds_nothing, LONG_MS, &findings);
    assert_int_equal(findings.count, 0);
    findings_free(&findings);
}

static void one_that_fails_says_why(void **state)
{
    struct findings findings;

    (void)state;
    probe(fails, LONG_MS, &findings);
    assert_int_equal(findings.count, 2);
    assert_string_equal(findings.items[0].text, "one");
    assert_int_equal(findings.items[1].level, FINDING_ERROR);
    assert_string_equal(findings.items[1].text, "it could not be looked at: nobody answers");
    findings_free(&findings);
}

static void one_that_hangs_is_ended(void **state)
{
    struct findings findings;

    (void)state;
    probe(hangs, SHORT_MS, &findings);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.items[0].level, FINDING_ERROR);
    assert_non_null(strstr(findings.items[0].text, "did not end within 1 s"));
    findings_free(&findings);
}

static void one_that_crashes_is_told(void **state)
{
    struct findings findings;

    (void)state;
    probe(crashes, LONG_MS, &findings);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.items[0].level, FINDING_ERROR);
    assert_string_equal(findings.items[0].text, "it crashed (signal 11)");
    findings_free(&findings);
    probe(ends_the_process, LONG_MS, &findings);
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.items[0].text, "it ended by itself, with status 3");
    findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found_comes_whole),
        cmocka_unit_test(one_that_fails_says_why),
        cmocka_unit_test(one_that_hangs_is_ended),
        cmocka_unit_test(one_that_crashes_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// The definition of the API (schemas/openapi.yaml) says what the code does, where it names numbers
// and lists that stand in C.
#define _GNU_SOURCE // memmem
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/resume.h"
#include "embedded_openapi.h"

static bool definition_says(const char *text)
{
    struct slice definition = embedded_slice(&embedded_openapi[0]);

    return memmem(definition.data, definition.size, text, strlen(text)) != NULL;
}

static void it_says_how_long_a_stream_can_be_resumed(void **state)
{
    (void)state;
    assert_true(
        definition_says("sent as Last-Event-ID, resumes behind it for about a minute. A filter"));
    assert_int_equal(RESUME_S, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_how_long_a_stream_can_be_resumed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

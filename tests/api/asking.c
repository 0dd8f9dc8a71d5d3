// SPDX-License-Identifier: Apache-2.0
#include "api/asking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/sent_header.h"

struct made_answer answer;

int asking_reset(void **state)
{
    (void)state;
    made_world_reset();
    return 0;
}

int ask(const char *method, const char *target, const char *token)
{
    made_ask(&answer, method, target, token, NULL, NULL);
    return answer.visit.response.status;
}

int ask_with(const char *method, const char *target, const char *token, const char *name,
             const char *value)
{
    made_ask(&answer, method, target, token, (const char *const[]){name, value, NULL}, NULL);
    return answer.visit.response.status;
}

const char *header(const char *name)
{
    const char *value = sent_header(&answer.visit.response, name);

    return value ? value : "";
}

void expect(int status, const char *method, const char *target, const char *token)
{
    int got = ask(method, target, token);

    made_answer_free(&answer);
    if (got != status)
        fail_msg("%s %s %s: %d", method, target, token ? token : "", got);
}

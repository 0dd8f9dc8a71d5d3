// SPDX-License-Identifier: Apache-2.0
#include "http/exchange.h"

void exchange_init(struct exchange *exchange)
{
    *exchange = (struct exchange){0};
    arena_init(&exchange->arena);
    response_init(&exchange->response);
}

void exchange_free(struct exchange *exchange)
{
    response_free(&exchange->response);
    arena_reset(&exchange->arena);
}

void exchange_problem(struct exchange *exchange, enum problem problem, const char *detail)
{
    problem_respond(&exchange->response, problem,
                    &(struct problem_details){.detail = slice_of(detail)}, exchange->request.path);
}

void exchange_bad_parameter(struct exchange *exchange, struct slice name, const char *allowed)
{
    const struct problem_details details = {
        .detail = SLICE_LITERAL("A parameter is not known, or its value is not allowed."),
        .parameter = name,
        .allowed = allowed,
    };

    problem_respond(&exchange->response, PROBLEM_BAD_PARAMETER, &details, exchange->request.path);
}

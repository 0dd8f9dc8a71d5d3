// SPDX-License-Identifier: Apache-2.0
#include "view/visit.h"

void visit_init(struct visit *visit)
{
    *visit = (struct visit){0};
    arena_init(&visit->arena);
    response_init(&visit->response);
}

void visit_free(struct visit *visit)
{
    response_free(&visit->response);
    arena_reset(&visit->arena);
}

void visit_problem(struct visit *visit, enum problem problem, const char *detail)
{
    problem_respond(&visit->response, problem,
                    &(struct problem_details){.detail = slice_of(detail)}, visit->request.path);
}

void visit_bad_parameter(struct visit *visit, enum parameter_fault fault, struct slice name,
                         const char *allowed)
{
    static const char *const texts[] = {
        [PARAMETER_UNKNOWN] = "There is no parameter of this name here.",
        [PARAMETER_TWICE] = "The parameter is there more than once.",
        [PARAMETER_VALUE] = "The value of the parameter is not allowed.",
    };
    const struct problem_details details = {
        .detail = slice_of(texts[fault]),
        .parameter = name,
        .allowed = allowed,
    };

    problem_respond(&visit->response, PROBLEM_BAD_PARAMETER, &details, visit->request.path);
}

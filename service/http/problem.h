// SPDX-License-Identifier: Apache-2.0
// Problems as RFC 9457 has them: one table of types, titles and statuses. The detail is for a
// person, and says nothing that its reader may not know.
#pragma once

#include "http/response.h"

enum problem {
    PROBLEM_BAD_REQUEST,
    PROBLEM_BAD_PARAMETER,
    PROBLEM_NOT_AUTHENTICATED,
    PROBLEM_NOT_CREATOR,
    PROBLEM_NOT_FOUND,
    PROBLEM_NO_SUCH_PROCESS,
    PROBLEM_NO_SUCH_JOB,
    PROBLEM_NO_SUCH_REQUEST,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_NOT_EXECUTABLE,
    PROBLEM_RESULT_NOT_READY,
    PROBLEM_NO_RESULT,
    PROBLEM_JOB_FAILED,
    PROBLEM_JOB_DISMISSED,
    PROBLEM_ALREADY_FINISHED,
    PROBLEM_NOT_CANCELLABLE,
    PROBLEM_REFUSED,
    PROBLEM_TOO_LARGE,
    PROBLEM_TARGET_TOO_LONG,
    PROBLEM_REQUEST_ID_REUSED,
    PROBLEM_TOO_MANY_REQUESTS,
    PROBLEM_TOO_MANY_HEADERS,
    PROBLEM_INTERNAL,
    PROBLEM_UNAVAILABLE,
    PROBLEM_NOT_YET_PROJECTED,
    PROBLEMS,
};

// What is wrong with a parameter of the query, a header or a body.
enum parameter_fault {
    PARAMETER_UNKNOWN, // there is none of this name
    PARAMETER_TWICE,   // it may be there once
    PARAMETER_VALUE,   // it is known, and its value is not allowed
};

struct problem_details {
    struct slice detail;    // null: none
    struct slice parameter; // PROBLEM_BAD_PARAMETER: its name
    const char *allowed;    // PROBLEM_BAD_PARAMETER: what it may be
};

const char *problem_type(enum problem problem);
// Makes the response this problem; headers that are in it stay. instance: the request's path.
void problem_respond(struct response *response, enum problem problem,
                     const struct problem_details *details, struct slice instance);

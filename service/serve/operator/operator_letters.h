// SPDX-License-Identifier: Apache-2.0
// Dead letters as the operators' listener has them: a list, one of them with what it says, and what
// can be done with one. Each call blocks for PostgreSQL, one that sends for Kafka too.
#pragma once

#include "http/response.h"
#include "serve/process/config.h"

struct operator_request {
    const struct config *config;   // borrowed
    const struct request *request; // borrowed
    const char *who;               // the operator, for the log; borrowed
    int64_t id;                    // of the letter; not for the list
};

// Each fills the response: the answer, a problem of what was asked, or 404. Not DONE: what failed,
// and the response means nothing.
typedef int operator_handler(const struct operator_request *asked, struct response *response,
                             struct err *err);
operator_handler operator_letters_list, operator_letter_show, operator_letter_retry,
    operator_letter_discard;

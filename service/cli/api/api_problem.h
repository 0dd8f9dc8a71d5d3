// SPDX-License-Identifier: Apache-2.0
// What the API says when it does not give what was asked for, in words for a person, with what to
// do about it. Its own words come without what would steer a terminal.
#pragma once

#include "cli/api/api_client.h"

// Fills err: RETRY where it may pass (API_AWAY), else FATAL with reason NOT_AUTHENTICATED,
// NOT_FOUND, NO_SUCH_JOB, REFUSED, USAGE (a parameter that it does not take) or API.
int api_problem_tell(const struct api_client *client, const struct api_question *question,
                     const struct api_answer *answer, struct err *err);
// The pure part of it. claims: the token's, or NULL.
struct api_problem_of {
    long status;
    const json_t *json;                // what came, if it was JSON
    const char *retry_after;           // "" if not said
    struct slice path;                 // that was asked for, from /organizations on; null: unknown
    const char *organization, *job_id; // job_id NULL: none was asked about
    const json_t *claims;
    int64_t now_us;
};
int api_problem_words(const struct api_problem_of *problem, struct err *err);

#define API_NOT_AUTHENTICATED "NOT_AUTHENTICATED"
#define API_NOT_FOUND         "NOT_FOUND"
#define API_NO_SUCH_JOB       "NO_SUCH_JOB"
#define API_REFUSED           "REFUSED"

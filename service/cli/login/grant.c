// SPDX-License-Identifier: Apache-2.0
#include "cli/login/grant.h"

#include "base/clock.h"
#include "cli/session/id_token.h"

int grant_take(const struct grant_wanted *wanted, struct issuer_answer *answer, const char *nonce,
               struct grant_given *given, struct err *err)
{
    struct id_token_expected expected = {.issuer = issuer_address(wanted->issuer),
                                         .client_id = wanted->client_id,
                                         .nonce = nonce,
                                         .now_us = clock_now_us()};
    int rc;

    if (answer->status != 200)
        return issuer_refusal(answer, wanted->client_id, err);
    rc = id_token_check(answer->json, &expected, &given->claims, err);
    if (!rc)
        given->tokens = json_incref(answer->json);
    return rc;
}

void grant_free(struct grant_given *given)
{
    json_decref(given->tokens);
    json_decref(given->claims);
    *given = (struct grant_given){0};
}

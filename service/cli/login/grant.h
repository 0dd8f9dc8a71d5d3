// SPDX-License-Identifier: Apache-2.0
// The two ways in which a member lets this program ask for them. Each talks to the member on
// standard error, and ends with what the token endpoint gave, an ID token in it checked.
#pragma once

#include <jansson.h>

#include "cli/session/issuer.h"

struct grant_wanted {
    struct issuer *issuer;
    const char *client_id, *scope;
    const char *service;    // where one signs in, for the member
    unsigned redirect_port; // of grant_by_browser; 0: any that is free
};

// What came. Both owned.
struct grant_given {
    json_t *tokens;
    json_t *claims; // of the ID token; NULL: there was none
};

// By a code that the member enters in a browser on whatever machine (RFC 8628). FATAL
// (NOT_AUTHENTICATED: denied, or not in time; CONFIGURATION), RETRY (ISSUER_AWAY, INTERRUPTED).
int grant_by_device(const struct grant_wanted *wanted, struct grant_given *given, struct err *err);
// By a browser on this machine, which comes back to it (RFC 8252, code with PKCE). Likewise.
int grant_by_browser(const struct grant_wanted *wanted, struct grant_given *given, struct err *err);
void grant_free(struct grant_given *given);

// What both have at their end: checks the answer of the token endpoint, and takes it over.
int grant_take(const struct grant_wanted *wanted, struct issuer_answer *answer, const char *nonce,
               struct grant_given *given, struct err *err);

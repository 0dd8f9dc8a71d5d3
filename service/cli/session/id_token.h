// SPDX-License-Identifier: Apache-2.0
// The checks of an ID token that are a client's (OpenID Connect Core, 3.1.3.7 and 12.2). Its
// signature is not among them: it came from the issuer itself, over TLS.
#pragma once

#include <jansson.h>

#include "base/err.h"

struct id_token_expected {
    const char *issuer, *client_id;
    const char *nonce;   // NULL: none was sent
    const char *subject; // whose the sign-in is that is renewed; NULL: it is not known
    int64_t now_us;
};

// Of the answer of a token endpoint, which may have no ID token. FATAL (NOT_AUTHENTICATED): it is
// another issuer's, another client's, another sign-in's or another
// member's, or the clocks differ too much. claims:
// those of the token, a new reference; NULL: there is none.
int id_token_check(const json_t *tokens, const struct id_token_expected *expected, json_t **claims,
                   struct err *err);

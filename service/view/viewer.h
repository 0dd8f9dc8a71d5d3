// SPDX-License-Identifier: Apache-2.0
// Who asks: from the bearer token of a request to a member of the organisation in its path. The one
// place where HTTP meets auth/. Thread-safe.
#pragma once

#include "auth/identity.h"
#include "http/request.h"

struct viewer {
    struct slice organization_id, member; // borrowed from the arena given
    enum role role;
    int64_t ends_at_us; // when their token will do no longer, by the wall clock
};

struct viewer_rules {
    struct verifier *verifier; // borrowed
    struct identity_claims claims;
};

enum viewer_verdict {
    VIEWER_KNOWN = 0,
    VIEWER_NO_TOKEN,           // no Authorization, more than one, or another scheme than Bearer
    VIEWER_NOT_AUTHENTICATED,  // a token that will not do; err says why, never the token
    VIEWER_OTHER_ORGANIZATION, // of somebody, elsewhere
    VIEWER_UNDECIDED,          // no keys yet, or no memory; err says which
};

// now_us: the wall clock. May wait for the key set. Fills out if it returns VIEWER_KNOWN, or
// VIEWER_OTHER_ORGANIZATION: then without organisation and role.
enum viewer_verdict viewer_identify(const struct viewer_rules *rules, const struct request *request,
                                    struct slice organization_id, int64_t now_us,
                                    struct arena *arena, struct viewer *out,
                                    struct err *err) MUST_CHECK;

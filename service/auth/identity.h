// SPDX-License-Identifier: Apache-2.0
// From a verified token to who its bearer is in one organisation.
//
// A token is for one organisation (the organization claim is its id, the role claim says the
// roles), or the role claim is an object whose members are organisation ids and whose values are
// roles; then no organization claim is needed, and one that is there still limits the token to it.
// Roles are a name or an array of names, as issuers give them: the highest one that is known
// counts.
#pragma once

#include "auth/token.h"

// From the lowest to the highest.
enum role { ROLE_NONE, ROLE_USER, ROLE_MANAGER, ROLE_ADMINISTRATOR, ROLES };

// "User", "Manager", "Administrator".
const char *role_name(enum role role);

// Where the claims are: valid JSON pointers. And what tokens call each role: NULL-terminated; NULL:
// by our name for it.
struct identity_claims {
    const char *organization, *role, *member;
    const char *const *role_names[ROLES];
};

// The highest role that tokens call so; ROLE_NONE: none.
enum role identity_role_called(const struct identity_claims *where, struct slice name);

struct identity {
    struct slice member; // borrowed from the token, never absent
    enum role role;      // ROLE_NONE for a role that is absent or not one of ours
};

enum identity_verdict {
    IDENTITY_KNOWN = 0,
    IDENTITY_NOT_AUTHENTICATED,  // a claim that is needed is missing, empty, too long or no text
    IDENTITY_OTHER_ORGANIZATION, // of somebody, but not in this organisation
};

// Fills out if it returns IDENTITY_KNOWN; of somebody elsewhere, their id alone.
enum identity_verdict identity_read(const struct token *token, const struct identity_claims *where,
                                    struct slice organization_id, struct identity *out) MUST_CHECK;
// The same from claims of which the caller knows that they can be trusted.
enum identity_verdict identity_read_claims(const json_t *claims,
                                           const struct identity_claims *where,
                                           struct slice organization_id,
                                           struct identity *out) MUST_CHECK;

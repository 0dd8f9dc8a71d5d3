// SPDX-License-Identifier: Apache-2.0
#include "auth/identity.h"

#include "auth/claims.h"
#include "core/erasure.h"

const char *role_name(enum role role)
{
    static const char *const names[ROLES] = {[ROLE_NONE] = "",
                                             [ROLE_USER] = "User",
                                             [ROLE_MANAGER] = "Manager",
                                             [ROLE_ADMINISTRATOR] = "Administrator"};

    return names[role];
}

static bool is_called(const struct identity_claims *where, enum role role, struct slice name)
{
    const char *const *names = where->role_names[role];

    if (!names)
        return slice_equal(name, slice_of(role_name(role)));
    for (; *names; names++)
        if (slice_equal(name, slice_of(*names)))
            return true;
    return false;
}

enum role identity_role_called(const struct identity_claims *where, struct slice name)
{
    enum role role = slice_is_null(name) ? ROLE_NONE : ROLE_ADMINISTRATOR;

    while (role > ROLE_NONE && !is_called(where, role, name))
        role--;
    return role;
}

static enum role highest_of(const struct identity_claims *where, const json_t *names)
{
    enum role highest = ROLE_NONE;

    for (size_t i = 0; i < json_array_size(names); i++) {
        enum role role = identity_role_called(where, claims_text(json_array_get(names, i)));

        if (role > highest)
            highest = role;
    }
    return highest;
}

// A role that is there but neither text nor array says that claims are not where the configuration
// has them.
static enum identity_verdict read_role(const struct identity_claims *where, const json_t *claim,
                                       enum role *out)
{
    struct slice name = claims_text(claim);

    if (json_is_array(claim)) {
        *out = highest_of(where, claim);
        return IDENTITY_KNOWN;
    }
    *out = identity_role_called(where, name);
    return claim && slice_is_null(name) ? IDENTITY_NOT_AUTHENTICATED : IDENTITY_KNOWN;
}

enum identity_verdict identity_read_claims(const json_t *claims,
                                           const struct identity_claims *where,
                                           struct slice organization_id, struct identity *out)
{
    const json_t *organization_claim = claims_find(claims, where->organization);
    const json_t *role = claims_find(claims, where->role);
    struct slice member = claims_text(claims_find(claims, where->member));
    struct slice organization = claims_text(organization_claim);
    bool by_organization = json_is_object(role);

    // So is called who created a job and was erased: nobody is that.
    if (slice_equal(member, CREATOR_ERASED))
        return IDENTITY_NOT_AUTHENTICATED;
    if (slice_is_null(member) || slice_is_null(organization_id))
        return IDENTITY_NOT_AUTHENTICATED;
    if (slice_is_null(organization) && (organization_claim || !by_organization))
        return IDENTITY_NOT_AUTHENTICATED;
    *out = (struct identity){.member = member};
    if (!slice_is_null(organization) && !slice_equal(organization, organization_id))
        return IDENTITY_OTHER_ORGANIZATION;
    if (by_organization) {
        role = json_object_getn(role, organization_id.data, organization_id.size);
        if (!role)
            return IDENTITY_OTHER_ORGANIZATION;
    }
    return read_role(where, role, &out->role);
}

enum identity_verdict identity_read(const struct token *token, const struct identity_claims *where,
                                    struct slice organization_id, struct identity *out)
{
    return identity_read_claims(token_claims(token), where, organization_id, out);
}

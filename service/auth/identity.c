// SPDX-License-Identifier: Apache-2.0
#include "auth/identity.h"

#include "auth/claims.h"

static enum role role_named(struct slice name)
{
    if (slice_equal(name, SLICE_LITERAL("Administrator")))
        return ROLE_ADMINISTRATOR;
    if (slice_equal(name, SLICE_LITERAL("Manager")))
        return ROLE_MANAGER;
    return slice_equal(name, SLICE_LITERAL("User")) ? ROLE_USER : ROLE_NONE;
}

// A role that is there but no text says that claims are not where the configuration has them.
static enum identity_verdict read_role(const json_t *claim, enum role *out)
{
    struct slice name = claims_text(claim);

    *out = role_named(name);
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
    return read_role(role, &out->role);
}

enum identity_verdict identity_read(const struct token *token, const struct identity_claims *where,
                                    struct slice organization_id, struct identity *out)
{
    return identity_read_claims(token_claims(token), where, organization_id, out);
}

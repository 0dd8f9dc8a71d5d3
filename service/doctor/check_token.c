// SPDX-License-Identifier: Apache-2.0
// A given token, verified and read as the API does. Nothing of its text is told.
#include "doctor/checks.h"

#include "auth/token.h"
#include "base/clock.h"
#include "base/smaller.h"

static void tell_identity(const struct patient *patient, const struct token *token,
                          struct findings *findings)
{
    const struct identity_claims *where = &patient->config->auth.claims;
    struct slice organization = token_text(token, where->organization);
    char expiry[TIME_TEXT_SIZE];
    struct identity identity;

    time_format_us(token_expires_at_us(token), expiry);
    if (slice_is_null(organization)) {
        findings_add(findings, FINDING_WARNING, "claims",
                     "%s names no organisation: it is good only if %s is an object of roles by "
                     "organisation",
                     where->organization, where->role);
        return;
    }
    if (identity_read(token, where, organization, &identity)) {
        findings_add(findings, FINDING_ERROR, "claims",
                     "%s, %s or %s is missing, empty or of another kind: the API does not know who "
                     "it is",
                     where->member, where->organization, where->role);
        findings_command(findings, "jobtrail help options | grep auth.claim");
        return;
    }
    findings_add(findings, identity.role == ROLE_NONE ? FINDING_WARNING : FINDING_OK, "claims",
                 "%.*s in %.*s, %s, until %s", (int)identity.member.size, identity.member.data,
                 (int)organization.size, organization.data,
                 identity.role == ROLE_NONE ? "of no role that is known: it sees no job"
                                            : role_name(identity.role),
                 expiry);
    if (identity.role == ROLE_NONE)
        findings_command(findings, "jobtrail help options | grep -A4 auth.role");
}

static int verify(const struct patient *patient, struct key_set *keys, struct findings *findings,
                  struct err *err)
{
    const struct auth_config *auth = &patient->config->auth;
    const struct verifier_options options = {.keys = keys,
                                             .issuer = auth->issuer,
                                             .audience = auth->audience ? auth->audience
                                                                        : auth->request_audience};
    struct verifier *verifier = NULL;
    struct token *token = NULL;
    int rc = verifier_new(&options, &verifier, err);

    if (!rc && verifier_verify(verifier, patient->token, clock_now_us(), &token, err)) {
        findings_add_err(findings, FINDING_ERROR, "", err);
    } else if (!rc) {
        findings_add(findings, FINDING_OK, "", "signature, issuer, audience and times are right");
        tell_identity(patient, token, findings);
    }
    if (token)
        token_free(token);
    verifier_free(verifier);
    return rc;
}

int check_token(const struct patient *patient, struct findings *findings, struct err *err)
{
    struct key_set_options options = patient->config->auth.keys;
    struct key_set *keys = NULL;
    int rc = config_require_auth(patient->config, patient->has_api, err);

    options.source.timeout_ms = (int)smaller(options.source.timeout_ms, patient->step_ms);
    if (!rc)
        rc = key_set_new(&options, &keys, err);
    if (!rc)
        rc = verify(patient, keys, findings, err);
    if (keys)
        key_set_free(keys);
    return rc;
}

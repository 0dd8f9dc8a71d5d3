// SPDX-License-Identifier: Apache-2.0
// A token proves a request only if it was made for this very one: its audience is the gate's, it
// names the request and the job, and organisation and member are the request's. It is held against
// the moment at which the broker took the record in, so that a gate that was away judges as one
// that was there.
#include "serve/gate/cancel_credentials.h"

#include <stdlib.h>
#include <strings.h>

#include "auth/identity.h"
#include "base/log.h"
#include "core/secret_header.h"

// Nobody has a token in stock for a request that they have not made yet.
static const int64_t EXPIRY_MAX_US = 300 * US_PER_SECOND;

struct cancel_credentials {
    enum cancel_authentication authentication;
    struct key_set *keys;      // owned; NULL unless by token
    struct verifier *verifier; // owned; likewise
    struct identity_claims claims;
};

static int open_verifier(struct cancel_credentials *credentials, const struct config *config,
                         struct err *err)
{
    struct verifier_options options = {.issuer = config->auth.issuer,
                                       .audience = config->auth.request_audience};
    int rc = config_require_auth(config, false, err);

    if (!rc)
        rc = key_set_new(&config->auth.keys, &credentials->keys, err);
    options.keys = credentials->keys;
    credentials->claims = config->auth.claims;
    return rc ? rc : verifier_new(&options, &credentials->verifier, err);
}

int cancel_credentials_new(const struct config *config, struct cancel_credentials **out,
                           struct err *err)
{
    struct cancel_credentials *credentials;
    int rc = config_require_authentication(config, err);

    if (rc)
        return rc;
    credentials = calloc(1, sizeof *credentials);
    if (!credentials)
        return err_no_memory(err);
    credentials->authentication = config->cancel_authentication;
    if (credentials->authentication == CANCEL_AUTHENTICATION_TOKEN)
        rc = open_verifier(credentials, config, err);
    if (rc)
        cancel_credentials_free(credentials);
    else
        *out = credentials;
    return rc;
}

void cancel_credentials_free(struct cancel_credentials *credentials)
{
    if (!credentials)
        return;
    verifier_free(credentials->verifier);
    key_set_free(credentials->keys);
    free(credentials);
}

// The token of the one header that has it. Two of them leave it open who asks: absent.
static struct slice find_token(const struct wire_record *wire)
{
    static const struct slice scheme = SLICE_LITERAL("Bearer ");
    struct slice found = SLICE_NULL;

    for (size_t i = 0; i < wire->header_count; i++) {
        if (!header_is_authorization(wire->headers[i].name))
            continue;
        if (found.data)
            return SLICE_NULL;
        found = wire->headers[i].value;
    }
    if (!found.data || found.size <= scheme.size ||
        strncasecmp(found.data, scheme.data, scheme.size) != 0)
        return SLICE_NULL;
    return (struct slice){found.data + scheme.size, found.size - scheme.size};
}

static bool names_request(const struct token *token, const struct uuid *request_id)
{
    struct uuid named;

    return uuid_parse(token_text(token, "/request_id"), &named) &&
           !uuid_compare(&named, request_id);
}

static bool is_for(const struct cancel_credentials *credentials, const struct token *token,
                   const struct cancel_request *request)
{
    struct identity identity;

    return identity_read(token, &credentials->claims, request->organization_id, &identity) ==
               IDENTITY_KNOWN &&
           slice_equal(identity.member, request->requester_id) &&
           names_request(token, &request->request_id) &&
           slice_equal(token_text(token, "/job_id"), request->job_id) &&
           token_expires_at_us(token) <= request->received_at_us + EXPIRY_MAX_US;
}

static int check_token(struct cancel_credentials *credentials, const struct wire_record *wire,
                       struct cancel_request *request, struct err *err)
{
    struct slice compact = find_token(wire);
    struct token *token = NULL;
    int rc;

    if (!compact.data) {
        log_info("gate", "a cancel request has no token",
                 LOG_SLICE("requester", request->requester_id));
        return DONE;
    }
    rc = verifier_verify(credentials->verifier, compact, request->received_at_us, &token, err);
    if (rc == POISON) {
        log_info("gate", "a cancel request has a token that will not do",
                 LOG_SLICE("requester", request->requester_id), LOG_TEXT("reason", err->reason));
        return DONE;
    }
    if (rc)
        return rc;
    request->authenticated = is_for(credentials, token, request);
    if (!request->authenticated)
        log_info("gate", "a cancel request has the token of another",
                 LOG_SLICE("requester", request->requester_id));
    token_free(token);
    return DONE;
}

int cancel_credentials_check(struct cancel_credentials *credentials, const struct wire_record *wire,
                             const struct kafka_record *record, struct cancel_request *request,
                             struct err *err)
{
    request->authenticated = false;
    switch (credentials->authentication) {
    case CANCEL_AUTHENTICATION_TOPIC_ACL:
        request->authenticated = true;
        return DONE;
    case CANCEL_AUTHENTICATION_TOKEN:
        // A sender's own time would let an old token live for ever.
        return record->stamped_by_broker ? check_token(credentials, wire, request, err) : DONE;
    default:
        return DONE;
    }
}

// SPDX-License-Identifier: Apache-2.0
// Cheap checks first, and nothing of the payload is read before the signature is.
#include "auth/token.h"

#include <stdlib.h>

#include "auth/claims.h"
#include "auth/token_header.h"

struct verifier {
    struct key_set *keys; // borrowed
    char *issuer, *audience;
};

struct token {
    json_t *claims; // owned
    int64_t expires_at_us;
};

int verifier_new(const struct verifier_options *options, struct verifier **out, struct err *err)
{
    struct verifier *verifier;

    if (!options->issuer || !*options->issuer || !options->audience || !*options->audience)
        return err_set(err, FATAL, "CONFIGURATION",
                       "tokens cannot be verified without an issuer and an audience");
    verifier = calloc(1, sizeof *verifier);
    if (!verifier)
        return err_no_memory(err);
    verifier->keys = options->keys;
    verifier->issuer = strdup(options->issuer);
    verifier->audience = strdup(options->audience);
    if (!verifier->issuer || !verifier->audience) {
        verifier_free(verifier);
        return err_no_memory(err);
    }
    *out = verifier;
    return DONE;
}

void verifier_free(struct verifier *verifier)
{
    if (!verifier)
        return;
    free(verifier->issuer);
    free(verifier->audience);
    free(verifier);
}

static int verify_with(struct keys *keys, const struct token_header *header, struct err *err)
{
    const struct public_key *key = keys_find(keys, header->key_id, header->algorithm);

    if (!key)
        return err_set(err, POISON, "TOKEN_KEY_UNKNOWN",
                       header->key_id ? "no key of that kid is for the token's alg"
                                      : "the token names no kid, and not exactly one key fits");
    return keys_verify(keys, key, header->algorithm, header->signed_text,
                       buffer_slice(&header->signature), err);
}

static int verify_signature(struct verifier *verifier, const struct token_header *header,
                            struct err *err)
{
    struct keys *keys = NULL;
    bool is_asked = false;
    int rc = key_set_take(verifier->keys, &keys, err);

    if (rc)
        return rc;
    if (!keys_find(keys, header->key_id, header->algorithm)) {
        struct keys *newer = key_set_take_newer(verifier->keys, keys, &is_asked);

        keys_let_go(keys);
        keys = newer;
    }
    if (is_asked && !keys_find(keys, header->key_id, header->algorithm))
        rc = err_set(err, RETRY, "KEY_SET_ASKED", "the issuer is being asked for newer keys");
    else
        rc = verify_with(keys, header, err);
    keys_let_go(keys);
    return rc;
}

static int read_claims(const struct verifier *verifier, struct slice payload, int64_t now_us,
                       struct token *token, struct err *err)
{
    struct expectation expected = {verifier->issuer, verifier->audience, now_us};
    int rc = token_part_read(payload, &token->claims, err);

    return rc ? rc : claims_check(token->claims, &expected, &token->expires_at_us, err);
}

int verifier_verify(struct verifier *verifier, struct slice compact, int64_t now_us,
                    struct token **out, struct err *err)
{
    struct token_header header;
    struct token *token = NULL;
    int rc = token_header_read(compact, &header, err);

    if (rc)
        return rc;
    rc = verify_signature(verifier, &header, err);
    if (!rc) {
        token = calloc(1, sizeof *token);
        rc = token ? read_claims(verifier, header.payload, now_us, token, err) : err_no_memory(err);
    }
    token_header_close(&header);
    if (rc)
        token_free(token);
    else
        *out = token;
    return rc;
}

void token_free(struct token *token)
{
    if (!token)
        return;
    json_decref(token->claims);
    free(token);
}

int64_t token_expires_at_us(const struct token *token)
{
    return token->expires_at_us;
}

int64_t token_ends_at_us(const struct token *token)
{
    return claims_end_us(token->expires_at_us);
}

struct slice token_text(const struct token *token, const char *pointer)
{
    return claims_text(claims_find(token->claims, pointer));
}

const json_t *token_claims(const struct token *token)
{
    return token->claims;
}

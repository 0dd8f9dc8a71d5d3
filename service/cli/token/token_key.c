// SPDX-License-Identifier: Apache-2.0
#include "cli/token/token_key.h"

#include <cjose/cjose.h>
#include <stdlib.h>

#include "base/random.h"
#include "base/uuid.h"

enum { RSA_BITS = 2048 };

static int failed(const cjose_err *failure, struct err *err)
{
    if (failure->code == CJOSE_ERR_NO_MEMORY)
        return err_no_memory(err);
    return err_set(err, FATAL, "TOKEN_KEY", "the key cannot be made or used: %s",
                   failure->message ? failure->message : "no reason given");
}

static cjose_jwk_t *make(bool is_rsa, cjose_err *failure)
{
    static const uint8_t exponent[] = {1, 0, 1};
    unsigned char bytes[UUID_BYTES];
    char id[UUID_TEXT_SIZE];
    struct uuid uuid;
    cjose_jwk_t *key =
        is_rsa ? cjose_jwk_create_RSA_random(RSA_BITS, exponent, sizeof exponent, failure)
               : cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, failure);

    random_bytes(bytes, sizeof bytes);
    uuid = uuid_from_random(bytes);
    uuid_format(&uuid, id);
    if (key && !cjose_jwk_set_kid(key, id, strlen(id), failure)) {
        cjose_jwk_release(key);
        return NULL;
    }
    return key;
}

static void append_json(struct buffer *out, const json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    if (text)
        buffer_append_format(out, "%s\n", text);
    else
        out->failed = true;
    free(text);
}

static int write_keys(cjose_jwk_t *key, const char *algorithm, struct buffer *private_key,
                      struct buffer *public_set, struct err *err)
{
    cjose_err failure = {0};
    char *secret = cjose_jwk_to_json(key, true, &failure);
    char *open = secret ? cjose_jwk_to_json(key, false, &failure) : NULL;
    json_t *set = open ? json_pack("{s:[o]}", "keys", json_loads(open, 0, NULL)) : NULL;
    json_t *jwk = json_array_get(json_object_get(set, "keys"), 0);
    int rc = 0;

    if (!open) {
        rc = failed(&failure, err);
    } else if (!jwk || json_object_set_new(jwk, "use", json_string("sig")) ||
               json_object_set_new(jwk, "alg", json_string(algorithm))) {
        rc = err_no_memory(err);
    } else {
        buffer_append_format(private_key, "%s\n", secret);
        append_json(public_set, set);
        rc = private_key->failed || public_set->failed ? err_no_memory(err) : 0;
    }
    json_decref(set);
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
    free(open);
    return rc;
}

int token_key_make(const char *algorithm, struct buffer *private_key, struct buffer *public_set,
                   struct err *err)
{
    bool is_rsa = !strcmp(algorithm, "RS256");
    cjose_err failure = {0};
    cjose_jwk_t *key;
    int rc;

    if (!is_rsa && strcmp(algorithm, "ES256") != 0)
        return err_set(err, FATAL, "USAGE", "--algorithm: \"%.40s\": expected ES256 or RS256",
                       algorithm);
    key = make(is_rsa, &failure);
    if (!key)
        return failed(&failure, err);
    rc = write_keys(key, algorithm, private_key, public_set, err);
    cjose_jwk_release(key);
    return rc;
}

static bool describe(const cjose_jwk_t *key, cjose_header_t *header, cjose_err *failure)
{
    const char *kid = cjose_jwk_get_kid(key, failure);
    const char *algorithm =
        cjose_jwk_get_kty(key, failure) == CJOSE_JWK_KTY_RSA ? "RS256" : "ES256";

    return cjose_header_set(header, CJOSE_HDR_ALG, algorithm, failure) &&
           cjose_header_set(header, "typ", "JWT", failure) &&
           (!kid || cjose_header_set(header, CJOSE_HDR_KID, kid, failure));
}

int token_key_sign(struct slice private_key, const json_t *claims, struct buffer *token,
                   struct err *err)
{
    cjose_err failure = {0};
    cjose_jwk_t *key = cjose_jwk_import(private_key.data, private_key.size, &failure);
    cjose_header_t *header = cjose_header_new(&failure);
    char *payload = json_dumps(claims, JSON_COMPACT);
    cjose_jws_t *jws = NULL;
    const char *compact = NULL;
    int rc = 0;

    if (!payload)
        rc = err_no_memory(err);
    else if (!key)
        rc = err_set(err, FATAL, "TOKEN_KEY",
                     "--key: no private key as \"jobtrail token keys\" writes it");
    else if (!header || !describe(key, header, &failure))
        rc = failed(&failure, err);
    if (!rc) {
        jws = cjose_jws_sign(key, header, (const uint8_t *)payload, strlen(payload), &failure);
        if (!jws || !cjose_jws_export(jws, &compact, &failure))
            rc = failed(&failure, err);
    }
    if (!rc)
        buffer_append_text(token, compact);
    if (!rc && token->failed)
        rc = err_no_memory(err);
    if (jws)
        cjose_jws_release(jws);
    if (header)
        cjose_header_release(header);
    if (key)
        cjose_jwk_release(key);
    free(payload);
    return rc;
}

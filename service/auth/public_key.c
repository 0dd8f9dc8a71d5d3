// SPDX-License-Identifier: Apache-2.0
// The JWK is taken apart here rather than by cjose, which would also take private and symmetric
// keys, and then two sets of rules would have to agree.
#include "auth/public_key.h"

#include <cjose/cjose.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "auth/base64url.h"
#include "json/parse.h"

enum { RSA_LEAST_BITS = 2048, RSA_MOST_BITS = 8192, EXPONENT_MOST_BYTES = 8, P256_BYTES = 32 };

struct public_key {
    char *id; // NULL: none
    cjose_jwk_t *jwk;
    bool fits[ALGORITHM_COUNT];
};

static const char *const algorithm_names[ALGORITHM_COUNT] = {"RS256", "PS256", "ES256"};

bool algorithm_read(const char *name, enum algorithm *out)
{
    for (size_t i = 0; i < ALGORITHM_COUNT; i++) {
        if (!strcmp(name, algorithm_names[i])) {
            *out = (enum algorithm)i;
            return true;
        }
    }
    return false;
}

static int unusable(struct err *err, const char *why)
{
    return err_set(err, POISON, "KEY_UNUSABLE", "%s", why);
}

static bool is_text(const json_t *value, const char *text)
{
    return json_is_string(value) && !strcmp(json_string_value(value), text);
}

// Whether it is meant for us: what it says of its use, if it says anything, is verifying.
static const char *refuse_use(const json_t *jwk)
{
    static const char *const secrets[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    const json_t *use = json_object_get(jwk, "use"), *operations = json_object_get(jwk, "key_ops");
    bool verifies = false;

    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (json_object_get(jwk, secrets[i]))
            return "it is a private or symmetric key, which has no place here";
    if (use && !is_text(use, "sig"))
        return "its use is not \"sig\"";
    for (size_t i = 0; i < json_array_size(operations); i++)
        verifies = verifies || is_text(json_array_get(operations, i), "verify");
    return operations && !verifies ? "its key_ops lack \"verify\"" : NULL;
}

// Bytes of a member in base64url.
static bool read_bytes(const json_t *jwk, const char *member, struct buffer *out)
{
    const json_t *value = json_object_get(jwk, member);

    return json_is_string(value) &&
           base64url_decode((struct slice){json_string_value(value), json_string_length(value)},
                            out) &&
           out->size;
}

static struct slice without_zeros(const struct buffer *number)
{
    struct slice bytes = buffer_slice(number);

    while (bytes.size && !*bytes.data)
        bytes = (struct slice){bytes.data + 1, bytes.size - 1};
    return bytes;
}

static size_t bits_of(struct slice number)
{
    size_t bits = number.size * 8;

    for (unsigned int top = number.size ? (unsigned char)*number.data : 0x80; top < 0x80; top <<= 1)
        bits--;
    return bits;
}

// cjose says NO_MEMORY for much that is something else: whatever OpenSSL has in its queue says it
// better. Empties the queue, at which others of this thread look, too.
static bool ran_out(const cjose_err *failure)
{
    bool told = false, by_openssl = false;
    unsigned long code;

    while ((code = ERR_get_error())) {
        told = true;
        by_openssl = by_openssl || ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
    }
    return by_openssl || json_memory_ran_out() || (!told && failure->code == CJOSE_ERR_NO_MEMORY);
}

static void begin(void)
{
    json_memory_watch();
    ERR_clear_error();
}

static int made(struct public_key *key, const cjose_err *failure, struct err *err)
{
    bool no_memory = ran_out(failure);

    if (key->jwk)
        return 0;
    return no_memory ? err_no_memory(err) : unusable(err, "its numbers make no key");
}

static int read_rsa(const json_t *jwk, struct public_key *key, struct err *err)
{
    struct buffer n = {0}, e = {0};
    cjose_jwk_rsa_keyspec spec = {0};
    cjose_err failure = {0};
    struct slice modulus, exponent;
    int failed = 0;

    if (!read_bytes(jwk, "n", &n) || !read_bytes(jwk, "e", &e))
        failed = unusable(err, "an RSA key without a modulus and exponent in base64url");
    if (n.failed || e.failed)
        failed = err_no_memory(err);
    if (failed)
        goto out;
    modulus = without_zeros(&n);
    exponent = without_zeros(&e);
    if (bits_of(modulus) < RSA_LEAST_BITS || bits_of(modulus) > RSA_MOST_BITS) {
        failed = unusable(err, "an RSA key must have 2048 to 8192 bits");
        goto out;
    }
    // An exponent of 1 would let anybody sign.
    if (!exponent.size || exponent.size > EXPONENT_MOST_BYTES ||
        !(exponent.data[exponent.size - 1] & 1) || bits_of(exponent) < 2) {
        failed = unusable(err, "its exponent is not fit for RSA");
        goto out;
    }
    spec.n = (uint8_t *)modulus.data;
    spec.nlen = modulus.size;
    spec.e = (uint8_t *)exponent.data;
    spec.elen = exponent.size;
    begin();
    key->jwk = cjose_jwk_create_RSA_spec(&spec, &failure);
    failed = made(key, &failure, err);
    key->fits[ALGORITHM_RS256] = key->fits[ALGORITHM_PS256] = true;
out:
    buffer_free(&n);
    buffer_free(&e);
    return failed;
}

static int read_ec(const json_t *jwk, struct public_key *key, struct err *err)
{
    struct buffer x = {0}, y = {0};
    cjose_jwk_ec_keyspec spec = {.crv = CJOSE_JWK_EC_P_256};
    cjose_err failure = {0};
    int failed = 0;

    if (!is_text(json_object_get(jwk, "crv"), "P-256"))
        return unusable(err, "its curve is not P-256");
    if (!read_bytes(jwk, "x", &x) || !read_bytes(jwk, "y", &y) || x.size != P256_BYTES ||
        y.size != P256_BYTES)
        failed = unusable(err, "a P-256 key without two coordinates of 32 bytes in base64url");
    if (x.failed || y.failed)
        failed = err_no_memory(err);
    if (!failed) {
        spec.x = (uint8_t *)x.data;
        spec.y = (uint8_t *)y.data;
        spec.xlen = spec.ylen = P256_BYTES;
        begin();
        key->jwk = cjose_jwk_create_EC_spec(&spec, &failure); // refuses a point off the curve
        failed = made(key, &failure, err);
        key->fits[ALGORITHM_ES256] = true;
    }
    buffer_free(&x);
    buffer_free(&y);
    return failed;
}

// A key that names an algorithm is for that one alone.
static int narrow(const json_t *jwk, struct public_key *key, struct err *err)
{
    const json_t *named = json_object_get(jwk, "alg");
    enum algorithm only;

    if (!named)
        return 0;
    if (!json_is_string(named) || !algorithm_read(json_string_value(named), &only) ||
        !key->fits[only])
        return unusable(err, "its alg is none that we allow for such a key");
    for (size_t i = 0; i < ALGORITHM_COUNT; i++)
        key->fits[i] = i == only;
    return 0;
}

static int read_id(const json_t *jwk, struct public_key *key, struct err *err)
{
    const json_t *id = json_object_get(jwk, "kid");

    if (!id)
        return 0;
    if (!json_is_string(id) || !json_string_length(id))
        return unusable(err, "its kid is no text");
    key->id = strdup(json_string_value(id));
    return key->id ? 0 : err_no_memory(err);
}

int public_key_read(const json_t *jwk, struct public_key **out, struct err *err)
{
    const json_t *type = json_object_get(jwk, "kty");
    const char *refused = refuse_use(jwk);
    struct public_key *key;
    int failed;

    if (refused)
        return unusable(err, refused);
    key = calloc(1, sizeof *key);
    if (!key)
        return err_no_memory(err);
    if (is_text(type, "RSA"))
        failed = read_rsa(jwk, key, err);
    else if (is_text(type, "EC"))
        failed = read_ec(jwk, key, err);
    else
        failed = unusable(err, "its kty is neither RSA nor EC");
    if (!failed)
        failed = narrow(jwk, key, err);
    if (!failed)
        failed = read_id(jwk, key, err);
    if (failed)
        public_key_free(key);
    else
        *out = key;
    return failed;
}

void public_key_free(struct public_key *key)
{
    if (!key)
        return;
    if (key->jwk)
        cjose_jwk_release(key->jwk);
    free(key->id);
    free(key);
}

const char *public_key_id(const struct public_key *key)
{
    return key->id;
}

bool public_key_fits(const struct public_key *key, enum algorithm algorithm)
{
    return key->fits[algorithm];
}

int public_key_verify(const struct public_key *key, struct slice compact, struct err *err)
{
    cjose_err failure = {0};
    cjose_jws_t *jws;
    bool verified, no_memory;

    begin();
    jws = cjose_jws_import(compact.data, compact.size, &failure);
    verified = jws && cjose_jws_verify(jws, key->jwk, &failure);
    if (jws)
        cjose_jws_release(jws);
    no_memory = ran_out(&failure);
    if (verified)
        return 0;
    if (no_memory)
        return err_no_memory(err);
    return err_set(err, POISON, "TOKEN_SIGNATURE", "the token's signature is not by that key");
}

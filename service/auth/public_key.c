// SPDX-License-Identifier: Apache-2.0
// On OpenSSL alone: cjose 0.6.2.1 was seen to end the process, to crash without memory, and to
// accept signatures that it must refuse (docs/design.md, section 13).
#include "auth/public_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "auth/base64url.h"

enum {
    RSA_LEAST_BITS = 2048,
    RSA_MOST_BITS = 8192,
    EXPONENT_MOST_BYTES = 8,
    P256_BYTES = 32,
    POINT_BYTES = 1 + 2 * P256_BYTES
};

struct public_key {
    char *id; // NULL: none
    EVP_PKEY *key;
    size_t signature_bytes; // of every signature by it
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

// Why OpenSSL failed, as far as it matters. Empties its queue, at which others of this thread look,
// too.
struct openssl_failure {
    bool is_told;             // it gave any reason
    bool is_memory, is_point; // no memory; a point that is not on the curve
};

static struct openssl_failure openssl_failure(void)
{
    struct openssl_failure failure = {0};
    unsigned long code;

    while ((code = ERR_get_error())) {
        int reason = ERR_GET_REASON(code);

        failure.is_told = true;
        if (reason == ERR_R_MALLOC_FAILURE)
            failure.is_memory = true;
        else if (ERR_GET_LIB(code) == ERR_LIB_EC &&
                 (reason == EC_R_POINT_IS_NOT_ON_CURVE || reason == EC_R_INVALID_ENCODING ||
                  reason == EC_R_COORDINATES_OUT_OF_RANGE))
            failure.is_point = true;
    }
    return failure;
}

// parameters: NULL without memory. What OpenSSL gets is a key but for a point off the curve, so
// that any other failure, also one that it gives no reason for, is for want of memory.
static int make(struct public_key *key, const char *type, OSSL_PARAM *parameters, struct err *err)
{
    EVP_PKEY_CTX *context = NULL;
    struct openssl_failure failure;

    ERR_clear_error();
    context = parameters ? EVP_PKEY_CTX_new_from_name(NULL, type, NULL) : NULL;
    if (context && EVP_PKEY_fromdata_init(context) == 1)
        (void)EVP_PKEY_fromdata(context, &key->key, EVP_PKEY_PUBLIC_KEY, parameters);
    EVP_PKEY_CTX_free(context);
    failure = openssl_failure();
    if (key->key)
        return DONE;
    return failure.is_point && !failure.is_memory ? unusable(err, "its point is not on P-256")
                                                  : err_no_memory(err);
}

static int make_rsa(struct public_key *key, struct slice modulus, struct slice exponent,
                    struct err *err)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *n = BN_bin2bn((const unsigned char *)modulus.data, (int)modulus.size, NULL);
    BIGNUM *e = BN_bin2bn((const unsigned char *)exponent.data, (int)exponent.size, NULL);
    OSSL_PARAM *parameters = NULL;
    int rc;

    if (builder && n && e && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e))
        parameters = OSSL_PARAM_BLD_to_param(builder);
    rc = make(key, "RSA", parameters, err);
    key->signature_bytes = modulus.size;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return rc;
}

// A point off the curve makes no key.
static int make_p256(struct public_key *key, const struct buffer *x, const struct buffer *y,
                     struct err *err)
{
    unsigned char point[POINT_BYTES] = {POINT_CONVERSION_UNCOMPRESSED};
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){"P-256"}, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end()};

    memcpy(point + 1, x->data, P256_BYTES);
    memcpy(point + 1 + P256_BYTES, y->data, P256_BYTES);
    key->signature_bytes = 2 * P256_BYTES;
    return make(key, "EC", parameters, err);
}

static int read_rsa(const json_t *jwk, struct public_key *key, struct err *err)
{
    struct buffer n = {0}, e = {0};
    struct slice modulus, exponent;
    int rc = 0;

    if (!read_bytes(jwk, "n", &n) || !read_bytes(jwk, "e", &e))
        rc = unusable(err, "an RSA key without a modulus and exponent in base64url");
    if (n.failed || e.failed)
        rc = err_no_memory(err);
    if (rc)
        goto out;
    modulus = without_zeros(&n);
    exponent = without_zeros(&e);
    if (bits_of(modulus) < RSA_LEAST_BITS || bits_of(modulus) > RSA_MOST_BITS) {
        rc = unusable(err, "an RSA key must have 2048 to 8192 bits");
        goto out;
    }
    // An exponent of 1 would let anybody sign.
    if (!exponent.size || exponent.size > EXPONENT_MOST_BYTES ||
        !(exponent.data[exponent.size - 1] & 1) || bits_of(exponent) < 2) {
        rc = unusable(err, "its exponent is not fit for RSA");
        goto out;
    }
    rc = make_rsa(key, modulus, exponent, err);
    key->fits[ALGORITHM_RS256] = key->fits[ALGORITHM_PS256] = true;
out:
    buffer_free(&n);
    buffer_free(&e);
    return rc;
}

static int read_ec(const json_t *jwk, struct public_key *key, struct err *err)
{
    struct buffer x = {0}, y = {0};
    int rc = 0;

    if (!is_text(json_object_get(jwk, "crv"), "P-256"))
        return unusable(err, "its curve is not P-256");
    if (!read_bytes(jwk, "x", &x) || !read_bytes(jwk, "y", &y) || x.size != P256_BYTES ||
        y.size != P256_BYTES)
        rc = unusable(err, "a P-256 key without two coordinates of 32 bytes in base64url");
    if (x.failed || y.failed)
        rc = err_no_memory(err);
    if (!rc)
        rc = make_p256(key, &x, &y, err);
    key->fits[ALGORITHM_ES256] = true;
    buffer_free(&x);
    buffer_free(&y);
    return rc;
}

// A key that names an algorithm is for that one alone.
static int narrow(const json_t *jwk, struct public_key *key, struct err *err)
{
    const json_t *named = json_object_get(jwk, "alg");
    enum algorithm only;

    if (!named)
        return DONE;
    if (!json_is_string(named) || !algorithm_read(json_string_value(named), &only) ||
        !key->fits[only])
        return unusable(err, "its alg is none that we allow for such a key");
    for (size_t i = 0; i < ALGORITHM_COUNT; i++)
        key->fits[i] = i == only;
    return DONE;
}

static int read_id(const json_t *jwk, struct public_key *key, struct err *err)
{
    const json_t *id = json_object_get(jwk, "kid");

    if (!id)
        return DONE;
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
    int rc;

    if (refused)
        return unusable(err, refused);
    key = calloc(1, sizeof *key);
    if (!key)
        return err_no_memory(err);
    if (is_text(type, "RSA"))
        rc = read_rsa(jwk, key, err);
    else if (is_text(type, "EC"))
        rc = read_ec(jwk, key, err);
    else
        rc = unusable(err, "its kty is neither RSA nor EC");
    if (!rc)
        rc = narrow(jwk, key, err);
    if (!rc)
        rc = read_id(jwk, key, err);
    if (rc)
        public_key_free(key);
    else
        *out = key;
    return rc;
}

void public_key_free(struct public_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->key);
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

// A token has the two numbers side by side, OpenSSL wants them in DER. 0: no memory.
static size_t to_der(const unsigned char *signature, unsigned char **der)
{
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, P256_BYTES, NULL);
    BIGNUM *s = BN_bin2bn(signature + P256_BYTES, P256_BYTES, NULL);
    int size = 0;

    if (numbers && r && s && ECDSA_SIG_set0(numbers, r, s)) {
        r = s = NULL; // now of numbers
        size = i2d_ECDSA_SIG(numbers, der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(numbers);
    return size > 0 ? (size_t)size : 0;
}

static bool set_up(EVP_MD_CTX *context, const struct public_key *key, enum algorithm algorithm)
{
    EVP_PKEY_CTX *options = NULL; // the context's

    if (!context || EVP_DigestVerifyInit(context, &options, EVP_sha256(), NULL, key->key) != 1)
        return false;
    // Used once: without this the context is copied first, and for want of memory fails in silence.
    EVP_MD_CTX_set_flags(context, EVP_MD_CTX_FLAG_FINALISE);
    return algorithm != ALGORITHM_PS256 ||
           (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1);
}

int public_key_verify(const struct public_key *key, enum algorithm algorithm, struct slice text,
                      struct slice signature, struct err *err)
{
    const unsigned char *bytes = (const unsigned char *)signature.data;
    EVP_MD_CTX *context = NULL;
    unsigned char *der = NULL;
    size_t size = signature.size;
    struct openssl_failure failure;
    int answer = -1; // 1: it is by that key; less than 0: it could not be judged
    bool is_ready;

    if (!key->fits[algorithm] || size != key->signature_bytes)
        return err_set(err, POISON, "TOKEN_SIGNATURE",
                       "the token's signature has another size than that key's");
    ERR_clear_error();
    if (algorithm == ALGORITHM_ES256)
        size = to_der(bytes, &der);
    context = EVP_MD_CTX_new();
    is_ready = size && set_up(context, key, algorithm);
    if (is_ready)
        answer = EVP_DigestVerify(context, der ? der : bytes, size,
                                  (const unsigned char *)text.data, text.size);
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    failure = openssl_failure();
    // Key and algorithm are known to be good: what fails before the signature fails for memory, and
    // so does what gives no reason, as OpenSSL 3.5 does.
    if (!is_ready || (answer != 1 && failure.is_memory) || (answer < 0 && !failure.is_told))
        return err_no_memory(err);
    return answer == 1 ? 0
                       : err_set(err, POISON, "TOKEN_SIGNATURE",
                                 "the token's signature is not by that key");
}

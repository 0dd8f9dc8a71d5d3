// SPDX-License-Identifier: Apache-2.0
#include "auth/signature.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

enum { P256_BYTES = 32 };

static int wrong(struct err *err)
{
    return err_set(err, POISON, "TOKEN_SIGNATURE", "the token's signature is not by that key");
}

// OpenSSL reads an ECDSA signature as DER; a token has the two numbers one after the other.
static int to_der(struct slice signature, unsigned char **der, int *size, struct err *err)
{
    const unsigned char *bytes = (const unsigned char *)signature.data;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes, P256_BYTES, NULL),
           *s = BN_bin2bn(bytes + P256_BYTES, P256_BYTES, NULL);

    *der = NULL;
    *size = -1;
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s)) {
        r = s = NULL; // they are the pair's now
        *size = i2d_ECDSA_SIG(pair, der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return *size < 0 ? err_no_memory(err) : 0;
}

// PS256 has a salt as long as its hash, and the same hash in its mask.
static bool pad(EVP_PKEY_CTX *context, enum algorithm algorithm)
{
    if (algorithm != ALGORITHM_PS256)
        return true;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
}

static bool wanted_memory(void)
{
    unsigned long error;
    bool wanted = false;

    while ((error = ERR_get_error()))
        wanted = wanted || ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
    return wanted;
}

// What fails before the signature is looked at fails for want of memory, whatever OpenSSL says.
static int check(EVP_PKEY *pkey, enum algorithm algorithm, struct slice signed_text,
                 const unsigned char *signature, size_t size, struct err *err)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = NULL; // the digest's
    int verified, failed = 0;

    ERR_clear_error();
    if (!digest || EVP_DigestVerifyInit(digest, &context, EVP_sha256(), NULL, pkey) <= 0 ||
        !pad(context, algorithm) ||
        EVP_DigestVerifyUpdate(digest, signed_text.data, signed_text.size) <= 0) {
        failed = err_no_memory(err);
    } else {
        verified = EVP_DigestVerifyFinal(digest, signature, size);
        if (verified != 1)
            failed = wanted_memory() ? err_no_memory(err) : wrong(err);
    }
    ERR_clear_error();
    EVP_MD_CTX_free(digest);
    return failed;
}

int signature_verify(EVP_PKEY *pkey, enum algorithm algorithm, struct slice signed_text,
                     struct slice signature, struct err *err)
{
    unsigned char *der;
    int size, failed;

    if (algorithm != ALGORITHM_ES256)
        return check(pkey, algorithm, signed_text, (const unsigned char *)signature.data,
                     signature.size, err);
    if (signature.size != 2 * P256_BYTES)
        return wrong(err);
    failed = to_der(signature, &der, &size, err);
    if (!failed)
        failed = check(pkey, algorithm, signed_text, der, (size_t)size, err);
    OPENSSL_free(der);
    return failed;
}

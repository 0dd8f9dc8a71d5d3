// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // vasprintf
#include "auth/made_tokens.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEEDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

EVP_PKEY *made_rsa(unsigned int bits)
{
    EVP_PKEY *key = EVP_RSA_gen(bits);

    NEEDS(key);
    return key;
}

EVP_PKEY *made_ec(const char *curve)
{
    EVP_PKEY *key = EVP_EC_gen(curve);

    NEEDS(key);
    return key;
}

char *made_text(const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    NEEDS(vasprintf(&text, format, arguments) >= 0);
    va_end(arguments);
    return text;
}

char *made_base64url(const void *bytes, size_t size)
{
    char *text = malloc(size * 4 / 3 + 8);
    size_t length;

    NEEDS(text);
    length = (size_t)EVP_EncodeBlock((unsigned char *)text, bytes, (int)size);
    while (length && text[length - 1] == '=')
        text[--length] = '\0';
    for (char *at = text; *at; at++)
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
    return text;
}

static char *number(EVP_PKEY *key, const char *name, int width)
{
    BIGNUM *value = NULL;
    unsigned char bytes[2048];
    int size;

    NEEDS(EVP_PKEY_get_bn_param(key, name, &value));
    size = width ? BN_bn2binpad(value, bytes, width) : BN_bn2bin(value, bytes);
    BN_free(value);
    return made_base64url(bytes, (size_t)size);
}

static char *members(EVP_PKEY *key)
{
    bool is_rsa = EVP_PKEY_is_a(key, "RSA");
    int width = EVP_PKEY_bits(key) / 8;
    char *first = is_rsa ? number(key, OSSL_PKEY_PARAM_RSA_N, 0)
                         : number(key, OSSL_PKEY_PARAM_EC_PUB_X, width);
    char *second = is_rsa ? number(key, OSSL_PKEY_PARAM_RSA_E, 0)
                          : number(key, OSSL_PKEY_PARAM_EC_PUB_Y, width);
    char *text = is_rsa ? made_text("\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"", first, second)
                        : made_text("\"kty\":\"EC\",\"crv\":\"P-%d\",\"x\":\"%s\",\"y\":\"%s\"",
                                    width * 8, first, second);

    free(first);
    free(second);
    return text;
}

char *made_jwk(EVP_PKEY *key, const char *kid, const char *extra)
{
    char *own = members(key);
    char *text = made_text("{%s%s%s%s%s%s}", own, kid ? ",\"kid\":\"" : "", kid ? kid : "",
                           kid ? "\"" : "", extra ? "," : "", extra ? extra : "");

    free(own);
    return text;
}

char *made_private_jwk(EVP_PKEY *key, const char *kid)
{
    char *d = number(
        key, EVP_PKEY_is_a(key, "RSA") ? OSSL_PKEY_PARAM_RSA_D : OSSL_PKEY_PARAM_PRIV_KEY, 0);
    char *extra = made_text("\"d\":\"%s\"", d), *text = made_jwk(key, kid, extra);

    free(d);
    free(extra);
    return text;
}

char *made_set(char *first, char *second, char *third, char *fourth)
{
    char *keys[] = {first, second, third, fourth}, *text = made_text("{\"keys\":[");

    for (size_t i = 0; i < 4 && keys[i]; i++) {
        char *longer = made_text("%s%s%s", text, i ? "," : "", keys[i]);

        free(text);
        free(keys[i]);
        text = longer;
    }
    first = made_text("%s]}", text);
    free(text);
    return first;
}

// RFC 7518 has the two numbers side by side, OpenSSL has them in DER.
static size_t plain_ecdsa(unsigned char *signature, size_t size, int width)
{
    const unsigned char *at = signature;
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &at, (long)size);

    NEEDS(numbers);
    NEEDS(BN_bn2binpad(ECDSA_SIG_get0_r(numbers), signature, width) == width);
    NEEDS(BN_bn2binpad(ECDSA_SIG_get0_s(numbers), signature + width, width) == width);
    ECDSA_SIG_free(numbers);
    return 2 * (size_t)width;
}

static size_t sign(EVP_PKEY *key, const char *how, const char *text, unsigned char *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    size_t size = 2048;

    NEEDS(EVP_DigestSignInit(context, &options, strstr(how, "384") ? EVP_sha384() : EVP_sha256(),
                             NULL, key) == 1);
    if (*how == 'P')
        NEEDS(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1);
    NEEDS(EVP_DigestSign(context, signature, &size, (const void *)text, strlen(text)) == 1);
    EVP_MD_CTX_free(context);
    return *how == 'E' ? plain_ecdsa(signature, size, EVP_PKEY_bits(key) / 8) : size;
}

static char *unsigned_part(const char *header, const char *payload)
{
    char *first = made_base64url(header, strlen(header));
    char *second = made_base64url(payload, strlen(payload));
    char *text = made_text("%s.%s", first, second);

    free(first);
    free(second);
    return text;
}

static char *with_signature(char *text, const unsigned char *signature, size_t size)
{
    char *last = made_base64url(signature, size), *whole = made_text("%s.%s", text, last);

    free(text);
    free(last);
    return whole;
}

char *made_token(EVP_PKEY *key, const char *how, const char *header, const char *payload)
{
    char *text = unsigned_part(header, payload);
    unsigned char signature[2048];

    return with_signature(text, signature, sign(key, how, text, signature));
}

char *made_hmac_token(struct slice secret, const char *header, const char *payload)
{
    char *text = unsigned_part(header, payload);
    unsigned char signature[EVP_MAX_MD_SIZE];
    unsigned int size = 0;

    NEEDS(HMAC(EVP_sha256(), secret.data, (int)secret.size, (const void *)text, strlen(text),
               signature, &size));
    return with_signature(text, signature, size);
}

char *made_pem(EVP_PKEY *key)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *data, *text;
    long size;

    NEEDS(memory && PEM_write_bio_PUBKEY(memory, key));
    size = BIO_get_mem_data(memory, &data);
    text = strndup(data, (size_t)size);
    BIO_free(memory);
    return text;
}

void made_file(const char *path, const char *text)
{
    char *beside = made_text("%s.new", path);
    FILE *file = fopen(beside, "w");

    NEEDS(file && fputs(text, file) >= 0 && !fclose(file) && !rename(beside, path));
    free(beside);
}

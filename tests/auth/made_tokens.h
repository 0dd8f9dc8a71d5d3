// SPDX-License-Identifier: Apache-2.0
// Keys and tokens as an issuer would make them, and as an attacker would. Written on OpenSSL
// alone, so that what verifies tokens is not tested against itself. Fails the test on any error.
#pragma once

#include <jansson.h>
#include <openssl/evp.h>

#include "base/slice.h"

EVP_PKEY *made_rsa(unsigned int bits);
EVP_PKEY *made_ec(const char *curve); // "P-256", "P-384"

// All texts are malloc'ed. kid NULL: none. extra: further members in JSON, like "\"use\":\"sig\"".
char *made_jwk(EVP_PKEY *key, const char *kid, const char *extra);
char *made_private_jwk(EVP_PKEY *key, const char *kid);
// {"keys":[...]} of up to 4; each is freed.
char *made_set(char *first, char *second, char *third, char *fourth);

char *made_base64url(const void *bytes, size_t size);
// header.payload.signature; how to sign is asked by name: RS256, PS256, ES256, ES384.
char *made_token(EVP_PKEY *key, const char *how, const char *header, const char *payload);
// Signed with HMAC by any bytes.
char *made_hmac_token(struct slice secret, const char *header, const char *payload);
// The public key as an attacker finds it.
char *made_pem(EVP_PKEY *key);
// printf into malloc'ed memory.
char *made_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
void made_file(const char *path, const char *text);

// SPDX-License-Identifier: Apache-2.0
#include "auth/pkce.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/random.h"

enum { BYTES = SHA256_DIGEST_LENGTH };

// Without buffer: nothing here can fail.
static void write_base64url(const unsigned char bytes[BYTES], char out[UNGUESSABLE_SIZE])
{
    char text[UNGUESSABLE_SIZE + 1]; // with the '=' that is left out

    EVP_EncodeBlock((unsigned char *)text, bytes, BYTES);
    for (size_t i = 0; i < UNGUESSABLE_SIZE - 1; i++)
        out[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    out[UNGUESSABLE_SIZE - 1] = '\0';
}

void unguessable(char out[UNGUESSABLE_SIZE])
{
    unsigned char bytes[BYTES];

    random_bytes(bytes, sizeof bytes);
    write_base64url(bytes, out);
}

void pkce_challenge(const char verifier[UNGUESSABLE_SIZE], char out[UNGUESSABLE_SIZE])
{
    unsigned char hash[BYTES];

    SHA256((const unsigned char *)verifier, strlen(verifier), hash);
    write_base64url(hash, out);
}

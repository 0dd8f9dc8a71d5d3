// SPDX-License-Identifier: Apache-2.0
#include "auth/proven.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

struct proven {
    pthread_mutex_t mutex;
    struct proof proofs[PROVEN_MAX]; // each at the place that its first bytes say
};

struct proven *proven_new(void)
{
    struct proven *proven = calloc(1, sizeof *proven);

    if (proven)
        pthread_mutex_init(&proven->mutex, NULL);
    return proven;
}

void proven_free(struct proven *proven)
{
    if (!proven)
        return;
    pthread_mutex_destroy(&proven->mutex);
    free(proven);
}

// Sizes first, so that no two have the same bytes one after the other.
bool proof_make(const struct signed_text *signed_text, struct proof *out)
{
    const struct slice text = signed_text->text, signature = signed_text->signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool made =
        context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
        EVP_DigestUpdate(context, &signed_text->key, sizeof signed_text->key) == 1 &&
        EVP_DigestUpdate(context, &signed_text->algorithm, sizeof signed_text->algorithm) == 1 &&
        EVP_DigestUpdate(context, &text.size, sizeof text.size) == 1 &&
        EVP_DigestUpdate(context, text.data, text.size) == 1 &&
        EVP_DigestUpdate(context, signature.data, signature.size) == 1 &&
        EVP_DigestFinal_ex(context, out->digest, NULL) == 1;

    EVP_MD_CTX_free(context);
    return made;
}

static struct proof *place_of(struct proven *proven, const struct proof *proof)
{
    return &proven->proofs[(proof->digest[0] << 8 | proof->digest[1]) % PROVEN_MAX];
}

// A place that is free is all zeroes, which is no text's digest that anybody could find.
bool proven_has(struct proven *proven, const struct proof *proof)
{
    bool has;

    pthread_mutex_lock(&proven->mutex);
    has = !memcmp(place_of(proven, proof), proof, sizeof *proof);
    pthread_mutex_unlock(&proven->mutex);
    return has;
}

void proven_add(struct proven *proven, const struct proof *proof)
{
    pthread_mutex_lock(&proven->mutex);
    *place_of(proven, proof) = *proof;
    pthread_mutex_unlock(&proven->mutex);
}

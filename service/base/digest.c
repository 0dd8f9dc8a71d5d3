// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <openssl/evp.h>

bool digest_of(const struct slice *parts, size_t count, unsigned char out[DIGEST_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);

    for (size_t i = 0; done && i < count; i++)
        done = EVP_DigestUpdate(context, parts[i].size ? parts[i].data : "", parts[i].size) &&
               EVP_DigestUpdate(context, "", 1);
    done = done && EVP_DigestFinal_ex(context, out, NULL);
    EVP_MD_CTX_free(context);
    return done;
}

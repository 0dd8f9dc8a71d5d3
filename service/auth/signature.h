// SPDX-License-Identifier: Apache-2.0
// Whether a signature is by a key, for the three algorithms that we allow (RFC 7518, sections 3.3
// to 3.5). Any thread.
#pragma once

#include <openssl/evp.h>

#include "auth/public_key.h"

// 0; POISON (TOKEN_SIGNATURE); RETRY without memory.
int signature_verify(EVP_PKEY *pkey, enum algorithm algorithm, struct slice signed_text,
                     struct slice signature, struct err *err);

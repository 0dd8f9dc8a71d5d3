// SPDX-License-Identifier: Apache-2.0
// What a token of ours says of itself, for whoever hands it to somebody who verifies it. Nothing
// that is read here may decide anything about somebody else.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/slice.h"

enum { TOKEN_SUBJECT_SIZE = 256 };

// When it ends (exp, in seconds), and whose it is (sub; "" if it does not say). False for what is
// no signed JSON token with an end, and without memory.
bool token_look(struct slice token, int64_t *ends_s, char subject[TOKEN_SUBJECT_SIZE]) MUST_CHECK;

// SPDX-License-Identifier: Apache-2.0
// Who may use the operators' listener: names and secrets of a file. Constant once read.
//
//     # a comment
//     anna  3f6c...   (openssl rand -hex 32)
#pragma once

#include "base/err.h"
#include "base/slice.h"

enum { OPERATOR_SECRET_MIN = 32, OPERATOR_SECRET_MAX = 256, OPERATOR_NAME_MAX = 64 };

struct operators;

// FATAL with reason CONFIGURATION, naming the file and the line: it cannot be read, others than its
// owner and group may read it or others than its owner write it, a line is none, a secret is too
// short or somebody else's too, or it names nobody. RETRY without memory.
int operators_read(const char *path, struct operators **out, struct err *err);
// Accepts NULL.
void operators_free(struct operators *operators);
// Whose secret this is; NULL: nobody's. How long it takes tells nothing of the secrets.
const char *operators_find(const struct operators *operators, struct slice secret);

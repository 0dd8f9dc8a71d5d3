// SPDX-License-Identifier: Apache-2.0
// How what `jobtrail verify` finds is told: lines for people, or an object of JSON a line for
// programs, each as soon as it is found.
#pragma once

#include "cli/terminal/progress.h"
#include "verify/verify.h"

struct verify_telling {
    bool is_json;
    struct progress progress;
};

struct verify_report verify_telling_report(struct verify_telling *telling);
// What came of it all. RETRY without memory.
int verify_tell_result(const struct verify_telling *telling, const struct verify_result *result,
                       struct err *err);

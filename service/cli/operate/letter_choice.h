// SPDX-License-Identifier: Apache-2.0
// Which dead letters a command is about: ID..., --topic, --reason or --all.
#pragma once

#include "cli/terminal/arguments.h"
#include "store/operator/letter_box.h"

struct chosen_letters {
    struct letter_choice choice; // points into ids and the arguments
    int64_t ids[POSITIONAL_MAX];
};

// *out must not be moved afterwards. FATAL with reason USAGE, also where nothing is chosen.
int letter_choice_read(const struct arguments *arguments, struct chosen_letters *out,
                       struct err *err);
// count of those that were chosen are there: FATAL with reason NOT_FOUND where one that was named
// is not.
int letter_choice_check(const struct letter_choice *choice, int64_t count, struct err *err);

// SPDX-License-Identifier: Apache-2.0
// What was found when something was looked at: whether it is as it must be, what it means, and the
// command that mends it. Found by whoever knows the matter, told by whoever was asked to look.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

enum finding_level { FINDING_OK, FINDING_WARNING, FINDING_ERROR, FINDING_LEVELS };

// "ok", "warning", "error".
const char *finding_level_name(enum finding_level level);

struct finding {
    enum finding_level level;
    // All owned. command is "" where no single command mends it, or the text names it.
    char *subject, *text, *command;
};

struct findings {
    struct finding *items; // owned
    size_t count, room;
    bool failed; // something was found for which there was no memory
};

void findings_init(struct findings *findings);
void findings_free(struct findings *findings);
// subject: what it is about, such as a topic's name; "" for the check itself.
void findings_add(struct findings *findings, enum finding_level level, const char *subject,
                  const char *format, ...) PRINTF_LIKE(4, 5);
// The command that mends what was added last.
void findings_command(struct findings *findings, const char *format, ...) PRINTF_LIKE(2, 3);
// What an error says. The command that its text ends with, by our custom, becomes the finding's.
void findings_add_err(struct findings *findings, enum finding_level level, const char *subject,
                      const struct err *err);
// The highest level among them; ok for none.
enum finding_level findings_worst(const struct findings *findings);

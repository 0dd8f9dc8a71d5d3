// SPDX-License-Identifier: Apache-2.0
// A command as one piece of memory: the struct of jobtrail/commands.h with its texts behind.
#pragma once

#include "wire/cancel_messages.h"
#include <jobtrail/commands.h>

// What a CancelJob says and what came beside it. Borrowed.
struct heard_command {
    const struct cancel_job *job;
    struct slice traceparent; // null: none
};

// To be freed by free(). tag is left NULL. NULL without memory.
struct jobtrail_command *command_text_new(const struct heard_command *heard);
// Another one that says the same, with that tag. NULL without memory.
struct jobtrail_command *command_text_copy(const struct jobtrail_command *command, void *tag);
// How many bytes it is.
size_t command_text_bytes(const struct jobtrail_command *command);

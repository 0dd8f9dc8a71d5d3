// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/nearest.h"
#include "cli/terminal/command.h"

const struct command *const command_table[] = {
    &serve_command,         &migrate_command,
    &emit_command,          &positions_command,
    &list_command,          &show_command,
    &watch_command,         &cancel_command,
    &cancellations_command, &dead_letters_command,
    &schemas_command,       &ready_command,
    &doctor_command,        &verify_command,
    &rebuild_command,       &retention_command,
    &erase_command,         &token_command,
    &login_command,         &logout_command,
    &help_command,          NULL,
};

const struct command *command_find(const char *name, const char **nearest)
{
    struct nearest best = {0};

    for (size_t i = 0; command_table[i]; i++) {
        if (!strcmp(command_table[i]->name, name))
            return command_table[i];
        nearest_consider(&best, name, command_table[i]->name);
    }
    *nearest = best.name;
    return NULL;
}

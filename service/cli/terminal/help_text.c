// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/help_text.h"

#include <stdio.h>

#include "base/version.h"
#include "cli/terminal/verbs.h"

const char help_sources[] =
    "Options come from the file of --config, then from the environment (JOBTRAIL_...:\n"
    "upper case, '.' and '-' as '_'), then from --set; a later one wins.";
const char help_exit_codes[] =
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 wrong configuration, 75 something we\n"
    "need is away for now; list, show, watch and cancel have more, in their help.";

enum { PROSE_AT = 32 };

static void write_flags(const struct flag *flags, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        char left[64];

        snprintf(left, sizeof left, "--%s%s%s", flags[i].name, flags[i].value ? " " : "",
                 flags[i].value ? flags[i].value : "");
        if (flags[i].letter)
            buffer_append_format(out, "  -%c, ", flags[i].letter);
        else
            buffer_append_text(out, "      ");
        buffer_append_format(
            out, strlen(left) < 26 ? "%-26s" : "%s\n                                ", left);
        buffer_append_wrapped(out, flags[i].prose, "", PROSE_AT, HELP_WIDTH);
    }
}

void help_write_program(struct buffer *out)
{
    buffer_append_format(out,
                         "jobtrail %s: projects job events from Kafka into PostgreSQL.\n\n"
                         "Usage: jobtrail COMMAND [FLAGS]\n\nCommands:\n",
                         program_version);
    for (size_t i = 0; command_table[i]; i++)
        buffer_append_format(out, "  %-14s %s\n", command_table[i]->name,
                             command_table[i]->summary);
    buffer_append_text(out, "\nFlags of every command:\n");
    write_flags(common_flags, common_flag_count, out);
    buffer_append_format(out,
                         "\n%s\n\"jobtrail help options\" lists them, \"jobtrail COMMAND --help\" "
                         "explains a command.\n\n%s\n",
                         help_sources, help_exit_codes);
}

void help_write_command(const struct command *command, struct buffer *out)
{
    if (command->verbs)
        verbs_write_usage(command, out);
    else
        buffer_append_format(out, "Usage: jobtrail %s%s%s\n", command->name,
                             *command->synopsis ? " " : "", command->synopsis);
    buffer_append_format(out, "\n%s.\n", command->summary);
    if (command->verbs) {
        buffer_append_text(out, "\n");
        verbs_write_help(command, out);
    }
    if (command->description)
        buffer_append_format(out, "\n%s\n", command->description);
    buffer_append_text(out, "\nFlags:\n");
    write_flags(command->flags, command->flag_count, out);
    write_flags(common_flags, common_flag_count, out);
    buffer_append_format(out, "\nExample:\n%s\n", command->example);
}

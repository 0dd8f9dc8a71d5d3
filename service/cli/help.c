// SPDX-License-Identifier: Apache-2.0
// jobtrail help: what the tables say.
#include <stdio.h>
#include <string.h>

#include "base/options_text.h"
#include "cli/terminal/command.h"
#include "cli/terminal/help_text.h"
#include "serve/process/option_table.h"

static void write_options(const struct arguments *arguments, struct buffer *out)
{
    if (arguments_given(arguments, "markdown"))
        options_write_reference(&option_table, out);
    else if (arguments_given(arguments, "sample"))
        options_write_sample(&option_table, out);
    else
        options_write_help(&option_table, out);
}

static int write_topic(const struct invocation *invocation, struct buffer *out, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    const char *topic = arguments->positional_count ? arguments->positional[0] : NULL;
    const char *nearest = NULL;
    const struct command *command;

    if (arguments->positional_count > 1)
        return err_set(err, FATAL, "USAGE", "help takes one topic");
    if (!topic) {
        help_write_program(out);
        return DONE;
    }
    if (!strcmp(topic, "options")) {
        write_options(arguments, out);
        return DONE;
    }
    if (!strcmp(topic, "effective")) {
        options_write_effective(invocation->options, out);
        return DONE;
    }
    command = command_find(topic, &nearest);
    if (!command && nearest)
        return err_set(err, FATAL, "USAGE", "no help for \"%.40s\"; did you mean \"%s\"?", topic,
                       nearest);
    if (!command)
        return err_set(err, FATAL, "USAGE",
                       "no help for \"%.40s\": there are options, effective, and each command",
                       topic);
    help_write_command(command, out);
    return DONE;
}

static int run(const struct invocation *invocation, struct err *err)
{
    struct buffer out;
    int rc;

    buffer_init(&out);
    rc = write_topic(invocation, &out, err);
    if (!rc && out.failed)
        rc = err_no_memory(err);
    if (!rc)
        fwrite(out.data, 1, out.size, stdout);
    buffer_free(&out);
    return rc;
}

static const struct flag flags[] = {
    {"markdown", NULL, "options as a table in Markdown, for the manual", 0},
    {"sample", NULL, "options as a configuration file to start from", 0},
};

const struct command help_command = {
    .name = "help",
    .summary = "Explains a command, or lists the options",
    .synopsis = "[COMMAND | options | effective]",
    .description = "\"options\" lists every option with its meaning, bounds and default.\n"
                   "\"effective\" prints the options that hold now and where each comes from;\n"
                   "secrets are shown as ***.",
    .example = "  jobtrail help options --sample > jobtrail.conf",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};

// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/verbs.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/help_text.h"

enum { CALL_SIZE = 80, CALL_WIDTH = 30 };

// "set TOPIC PARTITION OFFSET"
static void write_call(const struct verb *verb, char out[CALL_SIZE])
{
    snprintf(out, CALL_SIZE, "%s%s%s", verb->name, *verb->arguments ? " " : "", verb->arguments);
}

static int refuse(const struct command *command, struct err *err)
{
    struct buffer calls = {0};
    char call[CALL_SIZE];

    for (size_t i = 0; i < command->verb_count; i++) {
        write_call(&command->verbs[i], call);
        buffer_append_format(&calls, "%s%s %s", i ? ", or " : "", command->name, call);
    }
    buffer_append(&calls, "", 1);
    if (calls.failed)
        err_no_memory(err);
    else
        err_set(err, FATAL, "USAGE", "expected: %s", calls.data);
    buffer_free(&calls);
    return (int)err->disposition;
}

int verbs_run(const struct command *command, const struct invocation *invocation, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    size_t count = arguments->positional_count;

    for (size_t i = 0; count && i < command->verb_count; i++) {
        const struct verb *verb = &command->verbs[i];

        if (!strcmp(verb->name, arguments->positional[0]) &&
            (verb->argument_count == ANY_NUMBER || count == (size_t)verb->argument_count + 1))
            return verb->run(invocation, err);
    }
    return refuse(command, err);
}

void verbs_write_usage(const struct command *command, struct buffer *out)
{
    char call[CALL_SIZE];

    for (size_t i = 0; i < command->verb_count; i++) {
        write_call(&command->verbs[i], call);
        buffer_append_format(out, "%s jobtrail %s %s [FLAGS]\n",
                             i ? "      " : "Usage:", command->name, call);
    }
}

void verbs_write_help(const struct command *command, struct buffer *out)
{
    char call[CALL_SIZE];

    for (size_t i = 0; i < command->verb_count; i++) {
        write_call(&command->verbs[i], call);
        buffer_append_format(out, "  %-*s", CALL_WIDTH, call);
        if (strlen(call) > CALL_WIDTH)
            buffer_append_format(out, "\n  %-*s", CALL_WIDTH, "");
        buffer_append_text(out, " ");
        buffer_append_wrapped(out, command->verbs[i].help, "", CALL_WIDTH + 3, HELP_WIDTH);
    }
}

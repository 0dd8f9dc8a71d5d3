// SPDX-License-Identifier: Apache-2.0
// jobtrail serve: the service itself.
#include <string.h>

#include "cli/command.h"
#include "serve/serve.h"

static int run(const struct invocation *invocation, struct err *err)
{
    const char *only = arguments_value(invocation->arguments, "only");
    int result;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "serve takes flags only");
    if (only && strcmp(only, "project"))
        return err_set(err, FATAL, "USAGE", "--only: \"%.40s\": expected project", only);
    result = config_require_kafka(invocation->config, err);
    return result ? result : serve_run(invocation->config, err);
}

static const struct flag flags[] = {
    {"only", "PARTS", "run only these parts: project", 0},
};

const struct command serve_command = {
    .name = "serve",
    .summary = "Reads events from Kafka and keeps PostgreSQL up to date",
    .synopsis = "[--only PARTS]",
    .description =
        "Runs until SIGTERM or Ctrl-C. A broker, registry or database that is away ends\n"
        "nothing: it is waited for, and /readyz on admin.listen says so meanwhile. What\n"
        "would do harm ends it with exit code 1 and the command that accepts the loss.\n"
        "Logs go to standard error. Run \"jobtrail migrate\" once before.",
    .example = "  jobtrail serve --set kafka.bootstrap.servers=localhost:9092 \\\n"
               "                 --set postgres.conninfo=\"host=localhost dbname=jobtrail\"",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};

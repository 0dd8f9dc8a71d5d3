// SPDX-License-Identifier: Apache-2.0
// jobtrail serve: the service itself.
#include "serve/serve.h"
#include "cli/operate/parts.h"
#include "cli/terminal/command.h"

static int run(const struct invocation *invocation, struct err *err)
{
    unsigned parts;
    int rc;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "serve takes flags only");
    rc =
        parts_read(arguments_value(invocation->arguments, "only"), invocation->config, &parts, err);
    return rc ? rc : serve_run(invocation->config, parts, err);
}

static const struct flag flags[] = {
    {"only", "PARTS", "run only these parts, separated by commas: project, cancel, http", 0},
};

const struct command serve_command = {
    .name = "serve",
    .summary = "Projects events into PostgreSQL, decides cancel requests, serves the API",
    .synopsis = "[--only PARTS]",
    .description =
        "Runs until SIGTERM or Ctrl-C. A broker, registry or database that is away ends\n"
        "nothing: it is waited for, and /readyz on admin.listen says so meanwhile. What\n"
        "would do harm ends it with exit code 1 and the command that accepts the loss.\n"
        "Logs go to standard error. Run \"jobtrail migrate\" once before.\n"
        "\n"
        "The cancel gate starts only when cancel.requests.authentication says how requests\n"
        "over Kafka prove who asks. The HTTP API is served once http.listen says where; it then\n"
        "needs auth.issuer, auth.audience and auth.jwks.",
    .example = "  jobtrail serve --set kafka.bootstrap.servers=localhost:9092 \\\n"
               "                 --set postgres.conninfo=\"host=localhost dbname=jobtrail\" \\\n"
               "                 --set cancel.requests.authentication=topic-acl\n"
               "  jobtrail serve --only project",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};

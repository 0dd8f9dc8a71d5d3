// SPDX-License-Identifier: Apache-2.0
// jobtrail serve: the service itself.
#include "serve/serve.h"
#include "cli/terminal/command.h"

static const struct part {
    struct slice name;
    enum serve_part bit;
} part_names[] = {
    {SLICE_LITERAL("project"), SERVE_PROJECT},
    {SLICE_LITERAL("cancel"), SERVE_CANCEL},
    {SLICE_LITERAL("http"), SERVE_HTTP},
};

// Without a list: all parts, and the API if http.listen is set.
static int read_parts(const char *list, const struct config *config, unsigned *parts,
                      struct err *err)
{
    unsigned all = SERVE_PROJECT | SERVE_CANCEL | (config->http.is_wanted ? SERVE_HTTP : 0U);
    struct slice name;

    *parts = list ? 0 : all;
    while (list && option_value_next(&list, &name)) {
        size_t place = 0, count = sizeof part_names / sizeof *part_names;

        while (place < count && !slice_equal(name, part_names[place].name))
            place++;
        if (place == count)
            return err_set(err, FATAL, "USAGE",
                           "--only: \"%.*s\": expected project, cancel, http or several",
                           name.size < 40 ? (int)name.size : 40, name.data);
        *parts |= part_names[place].bit;
    }
    return *parts ? DONE : err_set(err, FATAL, "USAGE", "--only names no part");
}

static int run(const struct invocation *invocation, struct err *err)
{
    unsigned parts;
    int rc;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "serve takes flags only");
    rc =
        read_parts(arguments_value(invocation->arguments, "only"), invocation->config, &parts, err);
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

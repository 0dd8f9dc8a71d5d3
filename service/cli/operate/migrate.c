// SPDX-License-Identifier: Apache-2.0
// jobtrail migrate: brings the database's schema to what this binary knows.
#include "store/operator/migrate.h"

#include <stdio.h>

#include "cli/terminal/command.h"

struct seen {
    bool dry_run;
    size_t pending;
};

static void on_pending(void *self, const char *name, struct slice sql)
{
    struct seen *seen = self;

    seen->pending++;
    if (!seen->dry_run) {
        printf("applying %s\n", name);
        fflush(stdout);
        return;
    }
    printf("-- %s\n%.*s\n", name, (int)sql.size, sql.data);
}

static void on_applied(void *self, const char *name, double seconds)
{
    (void)self;
    printf("applied %s in %.2f s\n", name, seconds);
    fflush(stdout);
}

static int run(const struct invocation *invocation, struct err *err)
{
    struct seen seen = {.dry_run = arguments_given(invocation->arguments, "dry-run")};
    struct migrate_report report = {&seen, on_pending, on_applied};
    int rc;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "migrate takes flags only");
    rc = migrate(invocation->config->postgres_conninfo, seen.dry_run, &report, err);
    if (!rc && !seen.pending)
        printf("%snothing to apply: the schema is what this jobtrail knows\n",
               seen.dry_run ? "-- " : "");
    return rc;
}

static const struct flag flags[] = {
    {"dry-run", NULL, "print the SQL that would be applied, and apply nothing", 0},
};

const struct command migrate_command = {
    .name = "migrate",
    .summary = "Creates or updates jobtrail's schema in PostgreSQL",
    .synopsis = "[--dry-run]",
    .description = "Applies what is missing, in order, under a lock; each migration is one\n"
                   "transaction. Run again, it does nothing.",
    .example = "  jobtrail migrate --set postgres.conninfo=\"host=localhost dbname=jobtrail\"",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};

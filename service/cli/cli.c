// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "cli/terminal/command.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/help_text.h"
#include "cli/terminal/verbs.h"
#include "serve/process/option_table.h"

// Whether the reason says that the value of an option is wrong.
static bool is_of_configuration(const char *reason)
{
    static const char *const reasons[] = {
        "CONFIGURATION", "BAD_PROPERTY", "BAD_URL", "BAD_CA_FILE", "SCHEMA_DIRECTORY",
    };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (!strcmp(reason, reasons[i]))
            return true;
    return false;
}

// Reasons that have an exit code of their own.
static const struct {
    const char *reason;
    enum exit_code code;
} own_codes[] = {
    {"USAGE", EXIT_USAGE},
    {"JOB_FAILED", EXIT_JOB_FAILED},
    {"JOB_CANCELLED", EXIT_JOB_CANCELLED},
    {"REFUSED", EXIT_REFUSED},
    {"OVERTAKEN", EXIT_OVERTAKEN},
    {"UNANSWERED", EXIT_UNANSWERED},
    {"NOT_AUTHENTICATED", EXIT_NO_PERMISSION},
    {"INTERRUPTED", EXIT_INTERRUPTED},
};

enum exit_code exit_code_of(int rc, const struct err *err)
{
    if (!rc)
        return EXIT_DONE;
    for (size_t i = 0; err->reason && i < sizeof own_codes / sizeof *own_codes; i++)
        if (!strcmp(err->reason, own_codes[i].reason))
            return own_codes[i].code;
    if (err->reason && is_of_configuration(err->reason))
        return EXIT_CONFIGURATION;
    return rc == RETRY ? EXIT_TEMPORARY : EXIT_FAILED;
}

static int read_options(const struct arguments *arguments, char *const *environment,
                        struct options **out, struct err *err)
{
    int rc = options_new(&option_table, out, err);

    if (!rc && arguments->config_file)
        rc = options_read_file(*out, arguments->config_file, err);
    if (!rc)
        rc = options_read_environment(*out, environment, err);
    for (size_t i = 0; !rc && i < arguments->assignment_count; i++)
        rc = options_read_assignment(*out, arguments->assignments[i], err);
    return rc;
}

// FATAL if something that was printed could not be written, as on a full disk.
static int check_output(struct err *err)
{
    if (!fflush(stdout) && !ferror(stdout))
        return DONE;
    return err_set(err, FATAL, "OUTPUT", "cannot write to standard output");
}

// The help of one command, or of the program.
static int print_help(const struct command *command, struct err *err)
{
    struct buffer out;
    int rc = DONE;

    buffer_init(&out);
    if (command)
        help_write_command(command, &out);
    else
        help_write_program(&out);
    if (out.failed)
        rc = err_no_memory(err);
    else
        fwrite(out.data, 1, out.size, stdout);
    buffer_free(&out);
    return rc ? rc : check_output(err);
}

static int run_command(const struct command *command, int argc, char *const *argv,
                       char *const *environment, struct err *err)
{
    struct arguments arguments;
    struct options *options = NULL;
    struct config *config = NULL;
    int rc = arguments_parse(&arguments, command->flags, command->flag_count, argc, argv, err);

    if (rc)
        return rc;
    if (arguments.help)
        return print_help(command, err);
    rc = read_options(&arguments, environment, &options, err);
    if (!rc)
        rc = config_load(options, &config, err);
    if (!rc) {
        struct invocation invocation = {&arguments, options, config};

        log_setup(config->log_format, config->log_level, config->instance);
        rc = command->verbs ? verbs_run(command, &invocation, err) : command->run(&invocation, err);
    }
    if (!rc)
        rc = check_output(err);
    config_free(config);
    options_free(options);
    return rc;
}

static int dispatch(int argc, char *const *argv, char *const *environment, struct err *err)
{
    const struct command *command;
    const char *nearest = NULL;

    if (argc < 2)
        return err_set(err, FATAL, "USAGE", "a command is missing; \"jobtrail --help\" lists them");
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        return print_help(NULL, err);
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
        printf("jobtrail %s\n", program_version);
        return check_output(err);
    }
    command = command_find(argv[1], &nearest);
    if (command)
        return run_command(command, argc - 2, argv + 2, environment, err);
    if (argv[1][0] == '-')
        return err_set(err, FATAL, "USAGE",
                       "\"%.40s\" comes behind the command: jobtrail COMMAND [FLAGS]; "
                       "\"jobtrail --help\" lists the commands",
                       argv[1]);
    if (nearest)
        return err_set(err, FATAL, "USAGE", "unknown command \"%.40s\"; did you mean \"%s\"?",
                       argv[1], nearest);
    return err_set(err, FATAL, "USAGE",
                   "unknown command \"%.40s\"; \"jobtrail --help\" lists them all", argv[1]);
}

int cli_run(int argc, char *const *argv, char *const *environment)
{
    struct err err = {0};
    int rc = dispatch(argc, argv, environment, &err);

    if (rc)
        fprintf(stderr, "jobtrail: %s\n", err.text);
    return (int)exit_code_of(rc, &err);
}

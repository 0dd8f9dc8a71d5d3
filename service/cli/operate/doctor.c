// SPDX-License-Identifier: Apache-2.0
// jobtrail doctor: looks at everything that serve depends on.
#include "doctor/doctor.h"

#include <stdio.h>

#include "cli/api/token_file.h"
#include "cli/operate/parts.h"
#include "cli/terminal/command.h"
#include "cli/terminal/output.h"
#include "cli/terminal/terminal_text.h"
#include "serve/serve.h"

enum {
    OLD_AFTER_S = 300,
    TIMEOUT_S = 20,
    QUESTIONS = 4, // that are not answered, before a check runs out of time
    STEP_MAX_MS = 5000,
};

struct told {
    struct output *output; // of rows for programs; NULL: people read
    size_t levels[FINDING_LEVELS];
};

static void add_row(struct output *output, const struct check *check, const struct finding *finding)
{
    output_text(output, slice_of(finding_level_name(finding->level)));
    output_text(output, slice_of(check->name));
    output_text(output, *finding->subject ? slice_of(finding->subject) : SLICE_NULL);
    output_text(output, slice_of(finding->text));
    output_text(output, *finding->command ? slice_of(finding->command) : SLICE_NULL);
}

// A line for what was found, and one below for what mends it.
static void write_line(struct buffer *out, const struct check *check, const struct finding *finding)
{
    buffer_append_format(out, "%-8s %-13s ", finding_level_name(finding->level), check->name);
    if (*finding->subject) {
        terminal_text_append(out, slice_of(finding->subject));
        buffer_append_text(out, ": ");
    }
    terminal_text_append(out, slice_of(finding->text));
    if (*finding->command && finding->level != FINDING_OK) {
        buffer_append_format(out, "\n%-8s %-13s   ", "", "");
        terminal_text_append(out, slice_of(finding->command));
    }
    buffer_append_text(out, "\n");
}

static int tell(void *self, const struct check *check, const struct findings *findings,
                struct err *err)
{
    struct told *told = self;
    struct buffer out;
    int rc = DONE;

    buffer_init(&out);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];

        told->levels[finding->level]++;
        if (told->output)
            add_row(told->output, check, finding);
        else
            write_line(&out, check, finding);
    }
    if (out.failed)
        rc = err_no_memory(err);
    else if (out.size)
        fwrite(out.data, 1, out.size, stdout);
    fflush(stdout); // the next one may take a while
    buffer_free(&out);
    return rc;
}

static int sum_up(const struct told *told, struct err *err)
{
    if (!told->output)
        printf("%zu errors, %zu warnings, %zu in order\n", told->levels[FINDING_ERROR],
               told->levels[FINDING_WARNING], told->levels[FINDING_OK]);
    if (!told->levels[FINDING_ERROR])
        return DONE;
    return err_set(err, FATAL, "UNSOUND", "%zu of what was found keeps the service from its work",
                   told->levels[FINDING_ERROR]);
}

static int examine(const struct invocation *invocation, const struct patient *patient,
                   int timeout_ms, struct err *err)
{
    static const struct output_column columns[] = {{"level", {0}},   {"check", {0}},
                                                   {"subject", {0}}, {"finding", {0}},
                                                   {"command", {0}}, {NULL, {0}}};
    struct told told = {0};
    const struct doctor_report report = {&told, tell};
    bool is_json;
    int rc = output_read_format(invocation->arguments, &is_json, err);

    if (!rc && is_json)
        rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &told.output, err);
    if (!rc)
        rc = doctor_run(patient, timeout_ms, &report, err);
    if (!rc && told.output)
        rc = output_print(told.output, err);
    if (!rc)
        rc = sum_up(&told, err);
    output_free(told.output);
    return rc;
}

static int read_patient(const struct invocation *invocation, struct patient *patient,
                        int *timeout_ms, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    long long old_after_s, timeout_s;
    unsigned parts;
    int rc = parts_read(arguments_value(arguments, "only"), invocation->config, &parts, err);

    if (!rc)
        rc = arguments_integer(arguments, "old-after", 0, 1000000, OLD_AFTER_S, &old_after_s, err);
    if (!rc)
        rc = arguments_integer(arguments, "timeout", 1, 3600, TIMEOUT_S, &timeout_s, err);
    if (rc)
        return rc;
    *timeout_ms = (int)timeout_s * 1000;
    *patient = (struct patient){
        .config = invocation->config,
        .projects = parts & SERVE_PROJECT,
        .has_gate = parts & SERVE_CANCEL,
        .has_api = parts & SERVE_HTTP,
        .old_after_s = (int)old_after_s,
        .step_ms = *timeout_ms / QUESTIONS < STEP_MAX_MS ? *timeout_ms / QUESTIONS : STEP_MAX_MS,
    };
    return DONE;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const char *token_file = arguments_value(invocation->arguments, "token-file");
    struct patient patient;
    struct buffer token;
    int timeout_ms = 0, rc;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "doctor takes flags only");
    rc = read_patient(invocation, &patient, &timeout_ms, err);
    buffer_init(&token);
    if (!rc && token_file) {
        rc = token_file_read(token_file, &token, err);
        patient.token = buffer_slice(&token);
    }
    if (!rc)
        rc = examine(invocation, &patient, timeout_ms, err);
    if (token.data)
        explicit_bzero(token.data, token.size);
    buffer_free(&token);
    return rc;
}

static const struct flag flags[] = {
    OUTPUT_FLAG,
    {"only", "PARTS", "look at what these parts need: project, cancel, http", 0},
    {"token-file", "FILE", "a member's token, to be looked at as the API does", 0},
    {"old-after", "SECONDS", "a transaction is old after that (default: 300)", 0},
    {"timeout", "SECONDS", "for each check (default: 20)", 0},
};

const struct command doctor_command = {
    .name = "doctor",
    .summary = "Looks at everything that serve depends on",
    .synopsis = "[--only PARTS] [--token-file FILE]",
    .description =
        "Tells of PostgreSQL, Kafka, the schema registry, keys, clocks and ports what is in\n"
        "order, what should give pause (warning), and what keeps the service from its work\n"
        "(error), and the command that mends it. It changes nothing, also while serve runs. A\n"
        "check that hangs is a finding, and the others go on.\n"
        "\n"
        "It ends with 0, or with 1 if there are errors.",
    .example = "  jobtrail doctor --set kafka.bootstrap.servers=localhost:9092 \\\n"
               "                  --set postgres.conninfo=\"host=localhost dbname=jobtrail\"\n"
               "  jobtrail doctor --only http --token-file ~/.jobtrail-token\n"
               "  jobtrail doctor --output json",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};

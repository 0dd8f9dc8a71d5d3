// SPDX-License-Identifier: Apache-2.0
// jobtrail rebuild: makes the read model anew from the log, beside the service that runs.
#include "rebuild/rebuild.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "base/option_value.h"
#include "cli/terminal/command.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/json_text.h"
#include "cli/terminal/output.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/terminal_text.h"

enum { TIMEOUT_S = 30 };

static const char *const loss_names[LOSS_KINDS] = {
    [LOSS_VANISHED] = "vanished",
    [LOSS_CREATOR] = "creator",
    [LOSS_DISPUTE] = "dispute",
};

struct telling {
    bool is_json;
    struct progress progress;
};

static void tell_began(void *self, const char *unit, const char *what)
{
    struct telling *telling = self;

    progress_end(&telling->progress);
    fprintf(stderr, "%s\n", what);
    progress_begin(&telling->progress, unit);
}

static void tell_progress(void *self, uint64_t done, uint64_t total, uint64_t records)
{
    struct telling *telling = self;

    progress_tell(&telling->progress, done, total, records);
}

static bool is_stopped(void *self)
{
    (void)self;
    return interrupt_seen();
}

static int tell_loss_json(const struct loss *loss, struct err *err)
{
    return json_print_line(
        json_pack("{s:s,s:s,s:o,s:o,s:o,s:o}", "finding", "loss", "kind", loss_names[loss->kind],
                  "organization_id", json_of_text(loss->key.organization_id), "job_id",
                  json_of_text(loss->key.job_id), "creator_id", json_of_text(loss->before),
                  "rebuilt_creator_id", json_of_text(loss->after)),
        err);
}

static void write_creator(struct buffer *out, struct slice creator)
{
    buffer_append_text(out, creator.data ? "\"" : "nobody");
    terminal_text_append(out, creator);
    buffer_append_text(out, creator.data ? "\"" : "");
}

static int tell_loss(void *self, const struct loss *loss, struct err *err)
{
    struct telling *telling = self;
    struct buffer out;
    int rc;

    progress_end(&telling->progress);
    if (telling->is_json)
        return tell_loss_json(loss, err);
    buffer_init(&out);
    buffer_append_format(&out, "would be lost  %-8s ", loss_names[loss->kind]);
    terminal_text_append(&out, loss->key.organization_id);
    buffer_append_text(&out, " ");
    terminal_text_append(&out, loss->key.job_id);
    if (loss->kind == LOSS_CREATOR) {
        buffer_append_text(&out, ": created by ");
        write_creator(&out, loss->before);
        buffer_append_text(&out, ", rebuilt ");
        write_creator(&out, loss->after);
    }
    buffer_append_text(&out, "\n");
    rc = out.failed ? err_no_memory(err) : DONE;
    if (!rc)
        fwrite(out.data, 1, out.size, stdout);
    fflush(stdout);
    buffer_free(&out);
    return rc;
}

static int tell_result_json(const struct rebuild_result *result, struct err *err)
{
    const struct losses *losses = &result->losses;

    return json_print_line(
        json_pack("{s:s,s:b,s:b,s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "finding", "summary", "swapped",
                  result->is_swapped, "log_is_whole", result->is_whole, "carried_over",
                  result->is_carried_over, "records", (json_int_t)result->records, "left",
                  (json_int_t)result->left, "differing", (json_int_t)losses->differing, "vanished",
                  (json_int_t)losses->count[LOSS_VANISHED], "creator",
                  (json_int_t)losses->count[LOSS_CREATOR], "dispute",
                  (json_int_t)losses->count[LOSS_DISPUTE], "swap_ms",
                  (json_int_t)(result->is_swapped ? result->swap_us / 1000 : 0)),
        err);
}

static int tell_result(const struct telling *telling, const struct rebuild_result *result,
                       struct err *err)
{
    const struct losses *losses = &result->losses;

    if (telling->is_json)
        return tell_result_json(result, err);
    printf("%" PRIu64 " records read; %s; the live rows were %sjoined\n", result->records,
           result->is_whole ? "the logs have all" : "the logs lack something",
           result->is_carried_over ? "" : "not ");
    if (result->left)
        printf("%" PRIu64
               " jobs that the live projection lacks are older than their horizon, and stay away\n",
               result->left);
    printf("%" PRIu64 " jobs differ: %" PRIu64 " would be gone, %" PRIu64
           " have another creator, %" PRIu64 " are disputed no longer\n",
           losses->differing, losses->count[LOSS_VANISHED], losses->count[LOSS_CREATOR],
           losses->count[LOSS_DISPUTE]);
    if (result->is_swapped)
        printf("swapped; writers waited for %" PRId64
               " ms. The projection of before is kept: jobtrail rebuild --undo goes back to it, "
               "--drop removes it\n",
               result->swap_us / 1000);
    return DONE;
}

// "vanished,creator": each is one of loss_names.
static int read_accepts(const char *list, struct rebuild_options *options, struct err *err)
{
    struct slice name;

    while (list && option_value_next(&list, &name)) {
        int kind = 0;

        while (kind < LOSS_KINDS && !slice_equal(name, slice_of(loss_names[kind])))
            kind++;
        if (kind == LOSS_KINDS)
            return err_set(err, FATAL, "USAGE",
                           "--accept: \"%.*s\": expected vanished, creator, dispute or several",
                           name.size < 40 ? (int)name.size : 40, name.data);
        options->accepts[kind] = true;
    }
    return DONE;
}

static int read_carry_over(const char *text, struct rebuild_options *options, struct err *err)
{
    static const char *const names[] = {
        [CARRY_NEEDED] = "needed", [CARRY_ALWAYS] = "always", [CARRY_NEVER] = "never"};

    for (size_t i = 0; text && i < sizeof names / sizeof *names; i++)
        if (!strcmp(text, names[i])) {
            options->carry_over = (enum carry_over)i;
            return DONE;
        }
    if (!text)
        return DONE;
    return err_set(err, FATAL, "USAGE", "--carry-over: \"%.40s\": expected needed, always or never",
                   text);
}

static int read_action(const struct arguments *arguments, struct rebuild_options *options,
                       struct err *err)
{
    static const struct {
        const char *flag;
        enum rebuild_action action;
    } actions[] = {{"undo", REBUILD_UNDO}, {"abandon", REBUILD_ABANDON}, {"drop", REBUILD_DROP}};
    int given = 0;

    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (arguments_given(arguments, actions[i].flag)) {
            options->action = actions[i].action;
            given++;
        }
    return given < 2 ? DONE
                     : err_set(err, FATAL, "USAGE", "give one of --undo, --abandon and --drop");
}

// What is only asked of a filling would be passed over in silence elsewhere.
static int check_flags(const struct arguments *arguments, enum rebuild_action action,
                       struct err *err)
{
    static const char *const of_a_filling[] = {"no-swap", "carry-over", "accept", "rate",
                                               "timeout"};

    if (action != REBUILD_ABANDON && action != REBUILD_DROP)
        return DONE;
    for (size_t i = 0; i < sizeof of_a_filling / sizeof *of_a_filling; i++)
        if (arguments_given(arguments, of_a_filling[i]))
            return err_set(err, FATAL, "USAGE",
                           "--%s says how a projection is filled: --abandon and --drop fill none",
                           of_a_filling[i]);
    return DONE;
}

static int read_options(const struct invocation *invocation, struct rebuild_options *options,
                        struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    long long rate = 0, timeout_s = TIMEOUT_S;
    int rc = read_action(arguments, options, err);

    if (!rc)
        rc = check_flags(arguments, options->action, err);
    if (!rc)
        rc = read_accepts(arguments_value(arguments, "accept"), options, err);
    if (!rc)
        rc = read_carry_over(arguments_value(arguments, "carry-over"), options, err);
    if (!rc)
        rc = arguments_integer(arguments, "rate", 1, 1000000000, 0, &rate, err);
    if (!rc)
        rc = arguments_integer(arguments, "timeout", 1, 3600, TIMEOUT_S, &timeout_s, err);
    options->config = invocation->config;
    options->only_fills = arguments_given(arguments, "no-swap");
    options->rate = rate;
    options->timeout_ms = (int)timeout_s * 1000;
    return rc;
}

static int explain(const struct rebuild_result *result, struct err *err)
{
    const struct losses *losses = &result->losses;

    if (!strcmp(err->reason, "INTERRUPTED"))
        return err_set(err, RETRY, "INTERRUPTED",
                       "interrupted: the live projection is as it was; jobtrail rebuild goes on "
                       "where this ended, --abandon gives it up");
    if (strcmp(err->reason, "WOULD_LOSE") != 0)
        return (int)err->disposition;
    return err_set(
        err, FATAL, "WOULD_LOSE",
        "not swapped: %" PRIu64 " jobs would be gone, %" PRIu64 " have another creator, %" PRIu64
        " be disputed no longer. Run it again with --accept and what may be (vanished, "
        "creator, dispute), or give it up with --abandon",
        losses->count[LOSS_VANISHED], losses->count[LOSS_CREATOR], losses->count[LOSS_DISPUTE]);
}

static int rebuild(const struct rebuild_options *options, bool is_json, struct err *err)
{
    struct telling telling = {.is_json = is_json};
    const struct rebuild_report report = {
        .self = &telling,
        .began = tell_began,
        .progressed = tell_progress,
        .lost = tell_loss,
        .is_stopped = is_stopped,
    };
    const bool fills = options->action == REBUILD_FILL || options->action == REBUILD_UNDO;
    struct rebuild_result result;
    int rc;

    interrupt_watch();
    rc = rebuild_run(options, &report, &result, err);
    progress_end(&telling.progress);
    if (rc)
        return explain(&result, err);
    return fills ? tell_result(&telling, &result, err) : DONE;
}

static int run(const struct invocation *invocation, struct err *err)
{
    struct rebuild_options options = {0};
    bool is_json = false;
    int rc;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "rebuild takes flags only");
    rc = output_read_format(invocation->arguments, &is_json, err);
    if (!rc)
        rc = read_options(invocation, &options, err);
    return rc ? rc : rebuild(&options, is_json, err);
}

static const struct flag flags[] = {
    {"output", "FORMAT", "table or json (default: table): lines for people, or an object a line",
     'o'},
    {"undo", NULL, "go back to the projection that was live before", 0},
    {"drop", NULL, "remove the projection that was live before", 0},
    {"abandon", NULL, "give up a rebuild that was begun", 0},
    {"no-swap", NULL, "fill and compare, and leave the live projection", 0},
    {"carry-over", "WHEN",
     "join the live rows: needed (default: where the log lacks something, or retention has "
     "horizons), always or never",
     0},
    {"accept", "LOSSES", "swap although jobs are lost: vanished, creator, dispute, or several", 0},
    {"rate", "RECORDS", "read so many records a second at most (default: no limit)", 0},
    {"timeout", "SECONDS",
     "a partition that gives nothing for so long cannot be read (default: 30)", 0},
};

const struct command rebuild_command = {
    .name = "rebuild",
    .summary = "Makes the read model anew from the log, beside the service",
    .synopsis = "[--no-swap] [--carry-over WHEN] [--accept LOSSES] [--rate RECORDS]",
    .description =
        "Fills another projection from the topics of events, beside the service that runs, and\n"
        "swaps both in one short transaction. What the log no longer has is carried over from the\n"
        "live rows. It refuses where a job would be gone, have another creator or no longer be\n"
        "disputed, unless told otherwise. It publishes nothing, joins no group, and goes on where\n"
        "it was broken off. The projection of before is kept until --drop: --undo goes back to "
        "it,\n"
        "with the events that came since.\n"
        "\n"
        "It ends with 0 when it is done, with 1 if it refuses or a log is not the one that was\n"
        "read, with 75 if PostgreSQL or Kafka is away or others are in the way (run it again), "
        "with\n"
        "130 after Ctrl-C.",
    .example = "  jobtrail rebuild --no-swap     # fill and compare, and look\n"
               "  jobtrail rebuild               # go on, and swap\n"
               "  jobtrail rebuild --undo        # and back",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};

// SPDX-License-Identifier: Apache-2.0
// jobtrail erase: a member's id in all that is kept becomes one that says nothing.
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cli/terminal/command.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/output.h"
#include "cli/terminal/progress.h"
#include "store/retention/eraser.h"

enum { LOOK_EVERY_MS = 250, TOLD_AFTER_LOOKS = 20, TRANSACTION_TIMEOUT_MS = 10 * 60 * 1000 };

static const int64_t known_for_ms = INT64_C(30) * 24 * 60 * 60 * 1000;
static const int64_t known_for_least_ms = INT64_C(60) * 60 * 1000;

struct erasing {
    struct slice organization, member;
    int64_t known_for_s;
    struct eraser *eraser;
    struct progress progress;
    struct eraser_progress done;
};

static int interrupted(struct err *err)
{
    return err_set(err, RETRY, "INTERRUPTED",
                   "interrupted: not all is erased yet; run it again, and it goes on");
}

static int read_id(const struct arguments *arguments, const char *flag, struct slice *out,
                   struct err *err)
{
    *out = slice_of(arguments_value(arguments, flag));
    if (out->size >= 1 && out->size <= ID_MAX_BYTES)
        return DONE;
    return err_set(err, FATAL, "USAGE", "--%s: expected an id of 1 to %d bytes", flag,
                   (int)ID_MAX_BYTES);
}

static int read_known_for(const char *text, int64_t *out, struct err *err)
{
    int64_t ms = known_for_ms;

    if (text && (!option_value_integer(OPTION_DURATION, text, &ms) || ms < known_for_least_ms))
        return err_set(err, FATAL, "USAGE",
                       "--known-for: \"%.40s\": expected how long the topics may keep events, at "
                       "least 1h, such as 30d",
                       text);
    *out = ms / 1000;
    return DONE;
}

static int read_arguments(const struct arguments *arguments, struct erasing *erasing,
                          struct err *err)
{
    int rc = read_id(arguments, "organization", &erasing->organization, err);

    if (!rc)
        rc = read_id(arguments, "member", &erasing->member, err);
    if (!rc)
        rc = read_known_for(arguments_value(arguments, "known-for"), &erasing->known_for_s, err);
    if (rc)
        return rc;
    if (slice_equal(erasing->member, CREATOR_ERASED))
        return err_set(err, FATAL, "USAGE", "--member: so is called who was erased already");
    if (!arguments_given(arguments, "yes"))
        return err_set(err, FATAL, "USAGE",
                       "it cannot be undone, and nobody can cancel the member's jobs afterwards: "
                       "say --yes");
    return DONE;
}

static void tell_waiting(void)
{
    fputs("a transaction that writes is open, somebody's: what it holds may name the member, so it "
          "is "
          "waited for (jobtrail doctor names old ones)\n",
          stderr);
}

// Until nobody can commit any more what was folded before.
static int settle(struct erasing *erasing, struct err *err)
{
    bool is_settled = false;
    int rc = eraser_remember(erasing->eraser, erasing->known_for_s, err);

    for (int looks = 0; !rc && !is_settled; looks++) {
        rc = eraser_is_settled(erasing->eraser, &is_settled, err);
        if (rc || is_settled)
            break;
        if (interrupt_seen())
            return interrupted(err);
        if (looks == TOLD_AFTER_LOOKS)
            tell_waiting();
        poll(NULL, 0, LOOK_EVERY_MS);
    }
    return rc;
}

static int step_all(struct erasing *erasing, struct err *err)
{
    int rc = DONE;

    while (!rc && erasing->done.stage < ERASER_STAGES) {
        if (interrupt_seen())
            return interrupted(err);
        rc = eraser_step(erasing->eraser, &erasing->done, err);
        progress_tell(&erasing->progress, erasing->done.looked_at, 0, erasing->done.looked_at);
    }
    return rc;
}

static int print(const struct invocation *invocation, const struct erasing *erasing,
                 struct err *err)
{
    static const struct output_column columns[] = {
        {"jobs", {0}}, {"cancel_requests", {0}}, {"dead_letters", {0}}, {NULL, {0}}};
    const uint64_t *changed = erasing->done.changed;
    struct output *output;
    int rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &output, err);

    if (rc)
        return rc;
    output_integer(output, (int64_t)(changed[ERASER_JOBS] + changed[ERASER_DISPUTED]));
    output_integer(output, (int64_t)changed[ERASER_REQUESTS]);
    output_integer(output, (int64_t)changed[ERASER_LETTERS]);
    rc = output_print(output, err);
    output_free(output);
    return rc;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct connection_options options = {
        .conninfo = invocation->config->postgres_conninfo,
        .application_name = "jobtrail erase",
        .owner = "",
        .connect_timeout_ms = invocation->config->connect_timeout_ms,
        .statement_timeout_ms = TRANSACTION_TIMEOUT_MS,
        .transaction_timeout_ms = TRANSACTION_TIMEOUT_MS,
    };
    struct erasing erasing = {0};
    bool is_json;
    int rc = output_read_format(invocation->arguments, &is_json, err);

    if (!rc)
        rc = read_arguments(invocation->arguments, &erasing, err);
    if (!rc)
        rc = eraser_open(&options, erasing.organization, erasing.member, &erasing.eraser, err);
    if (rc)
        return rc;
    interrupt_watch();
    progress_begin(&erasing.progress, "rows");
    rc = settle(&erasing, err);
    if (!rc)
        rc = step_all(&erasing, err);
    progress_end(&erasing.progress);
    eraser_close(erasing.eraser);
    return rc ? rc : print(invocation, &erasing, err);
}

static const struct flag flags[] = {
    {"organization", "ID", "the member's organisation", 0},
    {"member", "ID", "who is erased", 0},
    {"known-for", "DURATION",
     "so long a digest tells their events when the log is read again (default: 30d)", 0},
    {"yes", NULL, "it cannot be undone", 0},
    OUTPUT_FLAG,
};

const struct command erase_command = {
    .name = "erase",
    .summary = "Takes a member's id out of jobs, histories, the ledger and dead letters",
    .synopsis = "--organization ID --member ID [--known-for DURATION] --yes",
    .description =
        "Wherever PostgreSQL names the member, it says \"(erased)\" afterwards, the same for all "
        "who\n"
        "were erased, so that nothing leads back. Nobody can cancel their jobs any more. Dead\n"
        "letters that name organisation and member are emptied. serve may go on meanwhile; it\n"
        "reads its partitions again from where they stand. What was interrupted is run again.\n"
        "\n"
        "A salted digest is kept for --known-for, so that events of theirs which are read again "
        "or\n"
        "come late do not bring the id back: set it to how long the topics keep them.\n"
        "\n"
        "Not touched: the topics in Kafka, backups, logs, and texts that people or services wrote\n"
        "(message, error_detail, reason, result_uri). docs/operate/retention.md has it all.\n"
        "\n"
        "It ends with 0 when all is erased, with 1 where a rebuild was begun or the projection of\n"
        "before one is kept, which would go on naming the member, with 75 if PostgreSQL is away or "
        "a\n"
        "rebuild is at work, with 130 after Ctrl-C.",
    .example = "  jobtrail erase --organization acme --member ada --yes",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};

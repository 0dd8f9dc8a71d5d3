// SPDX-License-Identifier: Apache-2.0
// jobtrail retention: where the horizons are, and what leaves by the options as they are.
#include "store/retention/retention.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/command.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/output.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/time_words.h"

// The horizons as they would be now by the options.
struct looking {
    const struct keepings *keepings;
    struct retention *store; // owned
    struct arena arena;
    struct horizons now, next;
    struct progress progress;
    uint64_t looked_at;
};

static int look(const struct invocation *invocation, struct looking *looking, struct err *err)
{
    const struct config *config = invocation->config;
    const struct connection_options options = {
        .conninfo = config->postgres_conninfo,
        .application_name = "jobtrail retention",
        .owner = "",
        .connect_timeout_ms = config->connect_timeout_ms,
        .statement_timeout_ms = config->statement_timeout_ms,
        .transaction_timeout_ms = config->transaction_timeout_ms,
        .only_looks = true,
    };
    const struct rules *rules;
    int64_t now_us;
    bool changed;
    int rc;

    arena_init(&looking->arena);
    looking->keepings = &config->retention;
    looking->store = retention_new(&options, err);
    if (!looking->store)
        return (int)err->disposition;
    rc = retention_connect(looking->store, err);
    if (!rc)
        rc = retention_rules(looking->store, &rules, &now_us, err);
    if (rc)
        return rc;
    looking->now = rules->horizons;
    return horizons_advance(&looking->now, looking->keepings, now_us, 0, &looking->arena,
                            &looking->next, &changed, err);
}

static void stop_looking(struct looking *looking)
{
    retention_free(looking->store);
    arena_reset(&looking->arena);
}

static struct slice named(struct slice name)
{
    return name.size ? name : SLICE_NULL;
}

static void write_line(const struct looking *looking, const struct horizon *line,
                       struct output *output)
{
    const int64_t keep_us = keeping_us(looking->keepings, &line->of);
    int64_t in_force_us = TIME_NONE;
    char kept[OPTION_AMOUNT_SIZE] = "never";

    for (size_t i = 0; i < looking->now.count; i++)
        if (slice_equal(looking->now.items[i].of.organization_id, line->of.organization_id) &&
            slice_equal(looking->now.items[i].of.type, line->of.type))
            in_force_us = looking->now.items[i].before_us;
    if (keep_us)
        option_value_format(OPTION_DURATION, keep_us / 1000, kept);
    output_text(output, named(line->of.organization_id));
    output_text(output, named(line->of.type));
    output_text(output, slice_of(kept));
    output_time(output, in_force_us);
    output_time(output, line->before_us);
}

static int show_horizons(const struct invocation *invocation, struct err *err)
{
    static const struct output_column columns[] = {
        {"organization", {CUT_MIDDLE, 12, 2, 0}},
        {"type", {CUT_END, 8, 1, 0}},
        {"leaves_after", {0}},
        {"horizon", {CUT_END, 9, 3, 0}},
        {"due", {CUT_END, 9, 4, 0}},
        {NULL, {0}},
    };
    struct looking looking = {0};
    struct output *output = NULL;
    int rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &output, err);

    if (rc)
        return rc;
    rc = look(invocation, &looking, err);
    for (size_t i = 0; !rc && i < looking.next.count; i++)
        write_line(&looking, &looking.next.items[i], output);
    if (!rc)
        rc = output_print_or_say(output,
                                 "no job ever leaves by the options as they are "
                                 "(retention.ended-jobs, retention.organizations)",
                                 err);
    output_free(output);
    stop_looking(&looking);
    return rc;
}

// Of an organisation's ended jobs, those that leave.
static int count_due(struct looking *looking, struct slice organization_id, int64_t *due,
                     int64_t *first_us, struct err *err)
{
    const int64_t before_us = horizon_latest_us(&looking->next, organization_id);
    struct ended_place place = {0};
    size_t count = RETENTION_STEP;
    int rc = DONE;

    while (!rc && before_us != TIME_NONE && count == RETENTION_STEP) {
        const struct ended_job *jobs;

        if (interrupt_seen())
            return err_set(err, RETRY, "INTERRUPTED", "interrupted; nothing was changed");
        rc = retention_next(looking->store, organization_id, before_us, &place, &jobs, &count, err);
        for (size_t i = 0; !rc && i < count; i++) {
            if (!horizon_lets_leave(&looking->next, &jobs[i].columns))
                continue;
            if (!(*due)++)
                *first_us = jobs[i].columns.finished_at_us;
        }
        looking->looked_at += rc ? 0 : count;
        progress_tell(&looking->progress, looking->looked_at, 0, looking->looked_at);
    }
    return rc;
}

static int count_all(struct looking *looking, struct output *output, struct err *err)
{
    char name[ID_MAX_BYTES];
    struct slice organization_id = {name, 0}, found;
    int rc;

    while (!(rc = retention_organization(looking->store, organization_id, &found, err)) &&
           found.data && found.size <= sizeof name) {
        int64_t due = 0, first_us = TIME_NONE;

        memcpy(name, found.data, found.size);
        organization_id.size = found.size;
        rc = count_due(looking, organization_id, &due, &first_us, err);
        if (rc)
            return rc;
        if (!due)
            continue;
        output_text(output, organization_id);
        output_integer(output, due);
        output_time(output, first_us);
    }
    return rc;
}

static int show_due(const struct invocation *invocation, struct err *err)
{
    static const struct output_column columns[] = {
        {"organization", {CUT_MIDDLE, 12, 1, 0}},
        {"jobs", {0}},
        {"first_ended_at", {CUT_END, 14, 2, 1}},
        {NULL, {0}},
    };
    struct looking looking = {0};
    struct output *output = NULL;
    int rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &output, err);

    if (rc)
        return rc;
    interrupt_watch();
    rc = look(invocation, &looking, err);
    progress_begin(&looking.progress, "jobs");
    if (!rc)
        rc = count_all(&looking, output, err);
    progress_end(&looking.progress);
    if (!rc)
        rc = output_print_or_say(output, "no ended job leaves by the options as they are", err);
    output_free(output);
    stop_looking(&looking);
    return rc;
}

static const struct verb verbs[] = {
    {"horizons", "", 0, "up to when ended jobs have left, and up to when they may leave now",
     show_horizons},
    {"due", "", 0, "how many ended jobs leave by the options as they are, by organisation",
     show_due},
};

static const struct flag flags[] = {OUTPUT_FLAG, TIME_FLAG};

const struct command retention_command = {
    .name = "retention",
    .summary = "Shows up to when ended jobs have left, and how many would leave",
    .description =
        "Ended jobs leave PostgreSQL where retention.ended-jobs and retention.organizations say "
        "so;\n"
        "without them nothing does. serve does it, a few at a time. Both verbs only look, by the\n"
        "options that they are given: try some before you give them to serve.\n"
        "\n"
        "They end with 0, with 75 if PostgreSQL is away, with 130 after Ctrl-C.",
    .example = "  jobtrail retention due --set retention.ended-jobs=365d,Seed=30d\n"
               "  jobtrail retention horizons",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof *verbs,
};

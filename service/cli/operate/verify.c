// SPDX-License-Identifier: Apache-2.0
// jobtrail verify: folds the log again and compares with the read model.
#include "verify/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/option_value.h"
#include "cli/operate/verify_report.h"
#include "cli/terminal/command.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/output.h"

enum { TIMEOUT_S = 30 };
#define MEMORY_BYTES       (INT64_C(512) << 20)
#define MEMORY_LEAST_BYTES (INT64_C(1) << 20)

// "1%" or "0.01%": to the ten thousandth of a percent, at least one of these.
static int read_sample(const char *text, int64_t *out, struct err *err)
{
    char *end = NULL;
    double percent = text && *text >= '0' && *text <= '9' ? strtod(text, &end) : -1;

    *out = SAMPLE_ALL;
    if (!text)
        return DONE;
    if (end && !strcmp(end, "%") && percent > 0 && percent <= 100) {
        *out = (int64_t)(percent / 100 * (double)SAMPLE_ALL + 0.5);
        if (*out >= 1)
            return DONE;
    }
    return err_set(err, FATAL, "USAGE",
                   "--sample: \"%.40s\": expected a share such as 1%% or 0.05%%, from 0.0001%% to "
                   "100%%",
                   text);
}

static int read_memory(const char *text, size_t *out, struct err *err)
{
    int64_t bytes = MEMORY_BYTES;

    if (text && (!option_value_integer(OPTION_BYTES, text, &bytes) || bytes < MEMORY_LEAST_BYTES))
        return err_set(err, FATAL, "USAGE",
                       "--memory: \"%.40s\": expected a size of 1MiB or more, "
                       "such as 2GiB",
                       text);
    *out = (size_t)bytes;
    return DONE;
}

// A moment, or how long ago it was.
static int read_since(const char *text, int64_t *out, struct err *err)
{
    int64_t ago_ms;

    *out = TIME_NONE;
    if (!text || time_parse_us(slice_of(text), out))
        return DONE;
    if (option_value_integer(OPTION_DURATION, text, &ago_ms) && ago_ms > 0) {
        *out = clock_now_us() - ago_ms * 1000;
        return DONE;
    }
    return err_set(err, FATAL, "USAGE",
                   "--since: \"%.40s\": expected a moment such as "
                   "2026-11-23T15:00:00Z, or how long ago it was, such as 2h",
                   text);
}

static int read_options(const struct invocation *invocation, struct verify_options *options,
                        struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    long long rate = 0, timeout_s = TIMEOUT_S;
    int rc = read_sample(arguments_value(arguments, "sample"), &options->sample, err);

    if (!rc)
        rc = read_since(arguments_value(arguments, "since"), &options->since_us, err);
    if (!rc)
        rc = read_memory(arguments_value(arguments, "memory"), &options->memory_bytes, err);
    if (!rc)
        rc = arguments_integer(arguments, "rate", 1, 1000000000, 0, &rate, err);
    if (!rc)
        rc = arguments_integer(arguments, "timeout", 1, 3600, TIMEOUT_S, &timeout_s, err);
    options->config = invocation->config;
    options->organization = slice_of(arguments_value(arguments, "organization"));
    options->rate = rate;
    options->timeout_ms = (int)timeout_s * 1000;
    return rc;
}

static int judge(const struct verify_result *result, struct err *err)
{
    if (!result->differences)
        return DONE;
    return err_set(err, FATAL, "DIFFERENCES",
                   "the read model differs from the log: %" PRIu64 " jobs, %" PRIu64 " totals",
                   result->differing, result->totals);
}

static int compare(const struct verify_options *options, bool is_json, struct err *err)
{
    struct verify_telling telling = {.is_json = is_json};
    const struct verify_report report = verify_telling_report(&telling);
    struct verify_result result;
    int rc;

    progress_begin(&telling.progress, "records");
    interrupt_watch();
    rc = verify_run(options, &report, &result, err);
    progress_end(&telling.progress);
    if (rc && !strcmp(err->reason, "INTERRUPTED"))
        return err_set(err, RETRY, "INTERRUPTED",
                       "interrupted: %" PRIu64 " jobs were compared, %" PRIu64 " of them differ; "
                       "nothing was changed, so run it again from its beginning",
                       result.jobs, result.differing);
    if (!rc)
        rc = verify_tell_result(&telling, &result, err);
    return rc ? rc : judge(&result, err);
}

static int run(const struct invocation *invocation, struct err *err)
{
    struct verify_options options = {0};
    bool is_json = false;
    int rc;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "verify takes flags only");
    rc = output_read_format(invocation->arguments, &is_json, err);
    if (!rc)
        rc = read_options(invocation, &options, err);
    return rc ? rc : compare(&options, is_json, err);
}

static const struct flag flags[] = {
    {"output", "FORMAT", "table or json (default: table): lines for people, or an object a line",
     'o'},
    {"organization", "ID", "compare the jobs of this organisation alone", 0},
    {"sample", "SHARE", "compare a share of the jobs, always the same ones: 1%", 0},
    {"since", "TIME", "compare what Kafka took in since: 2h, or 2026-11-23T15:00:00Z", 0},
    {"memory", "BYTES", "for jobs of one pass over the log (default: 512MiB)", 0},
    {"rate", "RECORDS", "read so many records a second at most (default: no limit)", 0},
    {"timeout", "SECONDS",
     "a partition that gives nothing for so long cannot be read (default: 30)", 0},
};

const struct command verify_command = {
    .name = "verify",
    .summary = "Folds the log again and compares with the read model",
    .synopsis =
        "[--organization ID] [--sample SHARE] [--since TIME] [--memory BYTES] [--rate RECORDS]",
    .description =
        "Reads the topic of events from its beginning, beside the service that runs, and compares\n"
        "with the read model: rows with all their columns, histories, totals. Each difference is\n"
        "named with both values and the events that decide, and so is what could not be judged,\n"
        "such as events that the log no longer has. It changes nothing: it joins no group,\n"
        "commits no offset, writes nothing. Jobs for which there is no memory are left to another\n"
        "pass over the log.\n"
        "\n"
        "It ends with 0 if nothing differs, with 1 if something does or a log is not the one that\n"
        "was read, with 75 if PostgreSQL or Kafka is away, with 130 after Ctrl-C.",
    .example = "  jobtrail verify\n"
               "  jobtrail verify --sample 1% --rate 20000\n"
               "  jobtrail verify --organization acme --output json | jq "
               "'select(.finding==\"difference\")'",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};

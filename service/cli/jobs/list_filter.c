// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/list_filter.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/api/api_client.h"
#include "cli/api/vocabulary.h"
#include "cli/terminal/moment.h"

// A moment as the API reads it; ".." if the flag is not given.
static int read_moment(const struct arguments *arguments, const char *name, enum moment_edge edge,
                       int64_t now_us, int64_t *time_us, char out[TIME_TEXT_SIZE], struct err *err)
{
    const char *text = arguments_value(arguments, name);
    int rc = DONE;

    *time_us = TIME_NONE;
    snprintf(out, TIME_TEXT_SIZE, "..");
    if (text)
        rc = moment_read(text, name, edge, now_us, time_us, err);
    if (!rc && text)
        time_format_us(*time_us, out);
    return rc;
}

static int add_times(const struct arguments *arguments, int64_t now_us, struct buffer *query,
                     struct err *err)
{
    char since[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE], both[2 * TIME_TEXT_SIZE];
    int64_t since_us, until_us;
    int rc = read_moment(arguments, "since", MOMENT_FIRST, now_us, &since_us, since, err);

    if (!rc)
        rc = read_moment(arguments, "until", MOMENT_LAST, now_us, &until_us, until, err);
    if (rc)
        return rc;
    if (since_us != TIME_NONE && until_us != TIME_NONE && since_us > until_us)
        return err_set(err, FATAL, "USAGE", "--since (%.19sZ) is later than --until (%.19sZ)",
                       since, until);
    snprintf(both, sizeof both, "%s/%s", since, until);
    if (strcmp(both, "../.."))
        api_query_add(query, "datetime", both);
    return DONE;
}

static int add_span(const struct arguments *arguments, const char *name, struct buffer *query,
                    struct err *err)
{
    const char *text = arguments_value(arguments, name);
    char number[24];
    int64_t seconds;

    if (!text)
        return DONE;
    if (!span_read(text, &seconds) || seconds > INT32_MAX)
        return err_set(err, FATAL, "USAGE",
                       "--%s: \"%.40s\": expected a length like 90s, 5m or 1h30m", name, text);
    snprintf(number, sizeof number, "%" PRId64, seconds);
    api_query_add(query, parameter_of_flag(name), number);
    return DONE;
}

static int add_statuses(const struct arguments *arguments, struct buffer *query, struct err *err)
{
    const char *text = arguments_value(arguments, "status");
    struct buffer words = {0};
    int rc = DONE;

    if (text)
        rc = words_translate(status_words, "status", text, &words, err);
    buffer_append(&words, "", 1);
    if (words.failed)
        query->failed = true;
    else if (!rc && text)
        api_query_add(query, parameter_of_flag("status"), words.data);
    buffer_free(&words);
    return rc;
}

int list_filter_read(const struct arguments *arguments, int64_t now_us, struct buffer *query,
                     struct err *err)
{
    static const char *const as_they_are[] = {"type", "search", "creator"};
    int rc;

    for (size_t i = 0; i < sizeof as_they_are / sizeof *as_they_are; i++)
        if (arguments_given(arguments, as_they_are[i]))
            api_query_add(query, parameter_of_flag(as_they_are[i]),
                          arguments_value(arguments, as_they_are[i]));
    if (arguments_given(arguments, "mine") && arguments_given(arguments, "creator"))
        return err_set(err, FATAL, "USAGE", "--mine and --creator exclude each other");
    if (arguments_given(arguments, "mine"))
        api_query_add(query, "creator", "me");
    rc = add_statuses(arguments, query, err);
    if (!rc)
        rc = add_span(arguments, "min-duration", query, err);
    if (!rc)
        rc = add_span(arguments, "max-duration", query, err);
    return rc ? rc : add_times(arguments, now_us, query, err);
}

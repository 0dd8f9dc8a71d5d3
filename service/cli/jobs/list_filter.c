// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/list_filter.h"

#include <stdio.h>

#include "base/time_us.h"
#include "cli/api/api_client.h"

enum { DAY_SIZE = 10 }; // 2026-11-23

// A moment as the API reads it; a day alone is its first moment in UTC, or for until its last.
static int read_moment(const struct arguments *arguments, const char *name, const char *rest_of_day,
                       char out[TIME_TEXT_SIZE], struct err *err)
{
    const char *text = arguments_value(arguments, name);
    char whole[TIME_TEXT_SIZE];
    int64_t time_us;

    if (!text) {
        snprintf(out, TIME_TEXT_SIZE, "..");
        return DONE;
    }
    snprintf(whole, sizeof whole, "%.60s%s", text, strlen(text) == DAY_SIZE ? rest_of_day : "");
    if (!time_parse_us(slice_of(whole), &time_us))
        return err_set(err, FATAL, "USAGE",
                       "--%s: \"%.60s\": expected a day like 2026-11-23 or a moment like "
                       "2026-11-23T15:00:00Z",
                       name, text);
    time_format_us(time_us, out);
    return DONE;
}

static int add_times(const struct arguments *arguments, struct buffer *query, struct err *err)
{
    char since[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE], both[2 * TIME_TEXT_SIZE];
    int rc = read_moment(arguments, "since", "T00:00:00Z", since, err);

    if (!rc)
        rc = read_moment(arguments, "until", "T23:59:59.999999Z", until, err);
    if (rc)
        return rc;
    snprintf(both, sizeof both, "%s/%s", since, until);
    if (strcmp(both, "../.."))
        api_query_add(query, "datetime", both);
    return DONE;
}

int list_filter_read(const struct arguments *arguments, struct buffer *query, struct err *err)
{
    static const struct {
        const char *flag, *parameter;
    } texts[] = {
        {"type", "processID"},           {"status", "status"}, {"min-duration", "minDuration"},
        {"max-duration", "maxDuration"}, {"search", "q"},      {"creator", "creator"}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (arguments_given(arguments, texts[i].flag))
            api_query_add(query, texts[i].parameter, arguments_value(arguments, texts[i].flag));
    if (arguments_given(arguments, "mine") && arguments_given(arguments, "creator"))
        return err_set(err, FATAL, "USAGE", "--mine and --creator exclude each other");
    if (arguments_given(arguments, "mine"))
        api_query_add(query, "creator", "me");
    return add_times(arguments, query, err);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/event.h"

#include "base/utf8.h"

static const int64_t YEAR_2000_US = INT64_C(946684800) * US_PER_SECOND;
static const int64_t YEAR_2100_US = INT64_C(4102444800) * US_PER_SECOND;
static const int64_t AHEAD_MAX_US = 24 * 3600 * US_PER_SECOND;
// RFC 3339 has four digits for a year: what comes later could not be told.
static const int64_t YEAR_10000_US = INT64_C(253402300800) * US_PER_SECOND;

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[EVENT_KINDS] = {
        "JobCreated", "JobStarted", "JobProgressed", "JobSucceeded", "JobFailed", "JobCancelled",
    };

    return names[kind];
}

bool event_kind_is_end(enum event_kind kind)
{
    return kind == JOB_SUCCEEDED || kind == JOB_FAILED || kind == JOB_CANCELLED;
}

static int check_length(struct slice text, size_t most_bytes, const char *reason, const char *name,
                        struct err *err)
{
    if (text.data && text.size >= 1 && text.size <= most_bytes)
        return DONE;
    return err_set(err, POISON, reason, "%s has %zu bytes, 1 to %zu are allowed", name, text.size,
                   most_bytes);
}

static int check_identity(const struct event *event, struct err *err)
{
    int rc =
        check_length(event->organization_id, ID_MAX_BYTES, "ID_LENGTH", "organization_id", err);

    if (!rc)
        rc = check_length(event->job_id, ID_MAX_BYTES, "ID_LENGTH", "job_id", err);
    if (!rc && (event->attempt < 1 || event->attempt > ATTEMPT_MAX))
        rc = err_set(err, POISON, "ATTEMPT_RANGE", "attempt is %d, 1 to %d are allowed",
                     event->attempt, ATTEMPT_MAX);
    return rc;
}

// The unit in which a number that is no time of ours in microseconds is one, of this century; NULL:
// none. Their ranges do not meet.
static const char *likely_unit(int64_t number, int64_t *time_us)
{
    static const struct {
        const char *name;
        int64_t times, parts;
    } units[] = {{"seconds", 1000000, 1}, {"milliseconds", 1000, 1}, {"nanoseconds", 1, 1000}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (number / units[i].parts >= YEAR_2000_US / units[i].times &&
            number / units[i].parts < YEAR_2100_US / units[i].times) {
            *time_us = number / units[i].parts * units[i].times;
            return units[i].name;
        }
    return NULL;
}

static int refuse_time(const struct event *event, const char *reason, const char *why,
                       struct err *err)
{
    char occurred[TIME_TEXT_SIZE], meant[TIME_TEXT_SIZE];
    const long long number = event->occurred_at_us;
    int64_t time_us;
    const char *unit = likely_unit(event->occurred_at_us, &time_us);

    time_format_us(event->occurred_at_us, occurred);
    if (!unit)
        return err_set(err, POISON, reason, "occurred_at is %s (%lld us), %s", occurred, number,
                       why);
    time_format_us(time_us, meant);
    return err_set(err, POISON, reason,
                   "occurred_at is %s (%lld us), %s; in %s it would be %s: write the unit that the "
                   "schema declares, microseconds in ours",
                   occurred, number, why, unit, meant);
}

static int check_time(const struct event *event, int64_t broker_time_us, struct err *err)
{
    if (event->occurred_at_us < YEAR_2000_US)
        return refuse_time(event, "TIME_TOO_EARLY", "before the year 2000", err);
    if (event->occurred_at_us >= YEAR_10000_US)
        return refuse_time(event, "TIME_TOO_LATE", "after the year 9999", err);
    if (broker_time_us != TIME_NONE && event->occurred_at_us - AHEAD_MAX_US > broker_time_us)
        return refuse_time(event, "TIME_TOO_LATE",
                           "more than 24 hours after the broker took the record in", err);
    return DONE;
}

static bool is_web_address(struct slice uri)
{
    static const struct slice schemes[] = {SLICE_LITERAL("https://"), SLICE_LITERAL("http://")};

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (uri.size > schemes[i].size && !memcmp(uri.data, schemes[i].data, schemes[i].size))
            return true;
    return false;
}

static int check_members(const struct event *event, struct err *err)
{
    if (event->kind == JOB_CREATED) {
        int rc = check_length(event->type, TYPE_MAX_BYTES, "TYPE_LENGTH", "type", err);

        if (!rc && event->creator_id.data)
            rc = check_length(event->creator_id, ID_MAX_BYTES, "ID_LENGTH", "creator_id", err);
        return rc;
    }
    if (event->kind == JOB_PROGRESSED && (event->progress < 0 || event->progress > 100))
        return err_set(err, POISON, "PROGRESS_RANGE", "progress is %d, 0 to 100 are allowed",
                       event->progress);
    if (event->kind == JOB_SUCCEEDED && event->result_uri.data &&
        (event->result_uri.size > RESULT_URI_MAX_BYTES || !is_web_address(event->result_uri)))
        return err_set(err, POISON, "RESULT_URI",
                       "result_uri is no http or https address of at most %d bytes",
                       RESULT_URI_MAX_BYTES);
    if (event->kind == JOB_FAILED && event->error_code.size > ERROR_CODE_MAX_BYTES)
        return err_set(err, POISON, "ERROR_CODE_LENGTH",
                       "error_code has %zu bytes, at most %d are allowed", event->error_code.size,
                       ERROR_CODE_MAX_BYTES);
    return DONE;
}

int event_check(struct event *event, int64_t broker_time_us, struct arena *arena, struct err *err)
{
    int rc = check_identity(event, err);

    if (!rc)
        rc = check_time(event, broker_time_us, err);
    if (!rc)
        rc = check_members(event, err);
    if (!rc && (!utf8_shorten(&event->message, MESSAGE_MAX_BYTES, arena) ||
                !utf8_shorten(&event->error_detail, ERROR_DETAIL_MAX_BYTES, arena)))
        rc = err_no_memory(err);
    return rc;
}

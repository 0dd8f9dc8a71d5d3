// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/moment.h"

#include <string.h>
#include <time.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, WEEK = 7 * DAY };
static const int64_t century = INT64_C(100) * 366 * DAY;

// Reads "2026" and the like off the front: so many digits.
static bool take_number(const char **text, size_t digits, int *out)
{
    *out = 0;
    for (size_t i = 0; i < digits; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *out = *out * 10 + (**text - '0');
    }
    return true;
}

static bool take(const char **text, char byte)
{
    if (**text != byte)
        return false;
    (*text)++;
    return true;
}

// Each unit after a larger one.
bool span_read(const char *text, int64_t *seconds)
{
    static const struct {
        char name;
        int64_t seconds;
    } units[] = {{'w', WEEK}, {'d', DAY}, {'h', HOUR}, {'m', MINUTE}, {'s', 1}};
    size_t unit = 0;

    for (*seconds = 0; *text; text++, unit++) {
        int64_t number = 0;

        if (*text < '0' || *text > '9')
            return false;
        for (; *text >= '0' && *text <= '9'; text++) {
            number = number * 10 + (*text - '0');
            if (number > century)
                return false;
        }
        if (!*text && !unit) {
            *seconds = number;
            return true;
        }
        while (unit < sizeof units / sizeof *units && units[unit].name != *text)
            unit++;
        if (unit == sizeof units / sizeof *units)
            return false;
        *seconds += number * units[unit].seconds;
        if (*seconds > century)
            return false;
    }
    return unit;
}

// A local time; false for one that never was, as where clocks are set forward.
static bool local_time(struct tm wanted, int64_t *out_us)
{
    struct tm found = wanted;
    time_t seconds;

    found.tm_isdst = -1;
    seconds = mktime(&found);
    *out_us = (int64_t)seconds * US_PER_SECOND;
    return seconds != (time_t)-1 && found.tm_mday == wanted.tm_mday &&
           found.tm_mon == wanted.tm_mon && found.tm_hour == wanted.tm_hour &&
           found.tm_min == wanted.tm_min;
}

// The day's first microsecond or its last, wherever clocks are set: some days lack their midnight.
static bool edge_of_day(struct tm day, enum moment_edge edge, int64_t *out_us)
{
    time_t seconds;

    day.tm_hour = day.tm_min = day.tm_sec = 0;
    day.tm_mday += edge == MOMENT_LAST;
    day.tm_isdst = -1;
    seconds = mktime(&day);
    *out_us = (int64_t)seconds * US_PER_SECOND - (edge == MOMENT_LAST);
    return seconds != (time_t)-1;
}

// "2026-11-23", and moves on.
static bool take_day(const char **text, struct tm *out)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;

    if (!take_number(text, 4, &year) || !take(text, '-') || !take_number(text, 2, &month) ||
        !take(text, '-') || !take_number(text, 2, &day) || month < 1 || month > 12 || day < 1 ||
        day > days[month - 1])
        return false;
    *out = (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    return month != 2 || day < 29 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

// "16:00" or "16:00:30", to the end.
static bool read_clock(const char *text, struct tm *out)
{
    if (!take_number(&text, 2, &out->tm_hour) || !take(&text, ':') ||
        !take_number(&text, 2, &out->tm_min) || out->tm_hour > 23 || out->tm_min > 59)
        return false;
    return !*text ||
           (take(&text, ':') && take_number(&text, 2, &out->tm_sec) && out->tm_sec < 60 && !*text);
}

static bool read_named(const char *text, enum moment_edge edge, int64_t now_us, int64_t *out_us)
{
    time_t now = (time_t)(now_us / US_PER_SECOND);
    struct tm today;

    *out_us = now_us;
    if (!strcmp(text, "now"))
        return true;
    if (!localtime_r(&now, &today))
        return false;
    if (!strcmp(text, "yesterday"))
        today.tm_mday--;
    else if (strcmp(text, "today"))
        return false;
    return edge_of_day(today, edge, out_us);
}

static bool read_local(const char *text, enum moment_edge edge, int64_t now_us, int64_t *out_us)
{
    time_t now = (time_t)(now_us / US_PER_SECOND);
    struct tm time = {0}, today;
    const char *rest = text;

    if (!localtime_r(&now, &today))
        return false;
    if (take_day(&rest, &time) && !*rest)
        return edge_of_day(time, edge, out_us);
    if (rest == text || (*rest != 'T' && *rest != ' ')) {
        rest = text;
        time =
            (struct tm){.tm_year = today.tm_year, .tm_mon = today.tm_mon, .tm_mday = today.tm_mday};
    } else {
        rest++;
    }
    return read_clock(rest, &time) && local_time(time, out_us);
}

int moment_read(const char *text, const char *flag, enum moment_edge edge, int64_t now_us,
                int64_t *out_us, struct err *err)
{
    int64_t seconds;

    if (strspn(text, "0123456789") < strlen(text) && span_read(text, &seconds)) {
        *out_us = now_us - seconds * US_PER_SECOND;
        return DONE;
    }
    if (read_named(text, edge, now_us, out_us) || read_local(text, edge, now_us, out_us) ||
        time_parse_us(slice_of(text), out_us))
        return DONE;
    return err_set(err, FATAL, "USAGE",
                   "--%s: \"%.60s\": expected how long ago (90s, 1h30m, 2d, 1w), today, yesterday, "
                   "a day (2026-11-23) or time (16:00, 2026-11-23T16:00) of this machine's clock, "
                   "or a moment with its offset (2026-11-23T15:00:00Z)",
                   flag, text);
}

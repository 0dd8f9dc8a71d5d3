// SPDX-License-Identifier: Apache-2.0
#include "base/time_us.h"

#include <stdio.h>
#include <time.h>

void time_format_us(int64_t time_us, char out[TIME_TEXT_SIZE])
{
    int64_t seconds = time_us / US_PER_SECOND, rest = time_us % US_PER_SECOND;
    struct tm tm;
    time_t whole;

    if (rest < 0) {
        rest += US_PER_SECOND;
        seconds--;
    }
    whole = (time_t)seconds;
    if (time_us == TIME_NONE || !gmtime_r(&whole, &tm)) {
        snprintf(out, TIME_TEXT_SIZE, "-");
        return;
    }
    snprintf(out, TIME_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)rest);
}

static bool read_digits(struct slice *text, size_t count, int *out)
{
    *out = 0;
    if (text->size < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (text->data[i] < '0' || text->data[i] > '9')
            return false;
        *out = *out * 10 + (text->data[i] - '0');
    }
    *text = (struct slice){text->data + count, text->size - count};
    return true;
}

static bool read_one_of(struct slice *text, const char *accepted, char *out)
{
    if (!text->size || !text->data[0] || !strchr(accepted, text->data[0]))
        return false;
    *out = text->data[0];
    *text = (struct slice){text->data + 1, text->size - 1};
    return true;
}

static bool read_fraction(struct slice *text, int64_t *fraction_us)
{
    int64_t unit = US_PER_SECOND / 10;
    char ignored;
    int digit;

    *fraction_us = 0;
    if (!read_one_of(text, ".", &ignored))
        return true;
    if (!read_digits(text, 1, &digit))
        return false;
    do {
        *fraction_us += digit * unit;
        unit /= 10;
    } while (unit && read_digits(text, 1, &digit));
    return true;
}

static bool read_offset(struct slice *text, int64_t *offset_seconds)
{
    char sign, ignored;
    int hours, minutes;

    *offset_seconds = 0;
    if (!read_one_of(text, "Zz+-", &sign))
        return false;
    if (sign == 'Z' || sign == 'z')
        return true;
    if (!read_digits(text, 2, &hours) || !read_one_of(text, ":", &ignored) ||
        !read_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset_seconds = (hours * 60 + minutes) * 60 * (sign == '-' ? -1 : 1);
    return true;
}

static bool is_a_day(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool time_parse_us(struct slice text, int64_t *out)
{
    struct tm tm = {0};
    int64_t fraction_us, offset_seconds;
    int year, month;
    char mark;

    if (!read_digits(&text, 4, &year) || !read_one_of(&text, "-", &mark) ||
        !read_digits(&text, 2, &month) || !read_one_of(&text, "-", &mark) ||
        !read_digits(&text, 2, &tm.tm_mday) || !read_one_of(&text, "Tt ", &mark) ||
        !read_digits(&text, 2, &tm.tm_hour) || !read_one_of(&text, ":", &mark) ||
        !read_digits(&text, 2, &tm.tm_min) || !read_one_of(&text, ":", &mark) ||
        !read_digits(&text, 2, &tm.tm_sec) || !read_fraction(&text, &fraction_us) ||
        !read_offset(&text, &offset_seconds) || text.size)
        return false;
    if (!is_a_day(year, month, tm.tm_mday) || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 59)
        return false;
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    *out = ((int64_t)timegm(&tm) - offset_seconds) * US_PER_SECOND + fraction_us;
    return true;
}

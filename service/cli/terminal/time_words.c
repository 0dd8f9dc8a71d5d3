// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/time_words.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

int time_style_read(const struct arguments *arguments, bool is_terminal, enum time_use use,
                    enum time_style *out, struct err *err)
{
    static const enum time_style on_terminal[] = {[TIMES_OF_ROWS] = TIME_RELATIVE,
                                                  [TIMES_THAT_STAY] = TIME_CLOCK,
                                                  [TIMES_OF_ONE] = TIME_BOTH};
    const char *text = arguments_value(arguments, "time");

    if (!text)
        *out = is_terminal ? on_terminal[use] : TIME_EXACT;
    else if (!strcmp(text, "relative"))
        *out = TIME_RELATIVE;
    else if (!strcmp(text, "absolute"))
        *out = is_terminal ? TIME_LOCAL : TIME_EXACT;
    else
        return err_set(err, FATAL, "USAGE", "--time: \"%.40s\": expected relative or absolute",
                       text);
    return DONE;
}

void span_words(int64_t span_us, char out[TIME_WORDS_SIZE])
{
    long long seconds = span_us > 0 ? (long long)(span_us / US_PER_SECOND) : 0;

    if (seconds < MINUTE)
        snprintf(out, TIME_WORDS_SIZE, "%llds", seconds);
    else if (seconds < HOUR)
        snprintf(out, TIME_WORDS_SIZE, "%lldm%02llds", seconds / MINUTE, seconds % MINUTE);
    else if (seconds < DAY)
        snprintf(out, TIME_WORDS_SIZE, "%lldh%02lldm", seconds / HOUR, seconds % HOUR / MINUTE);
    else
        snprintf(out, TIME_WORDS_SIZE, "%lldd%02lldh", seconds / DAY, seconds % DAY / HOUR);
}

// One unit, so that a column of them is read at a glance. What the clocks make a moment of the
// future is now.
static void write_ago(int64_t span_us, char out[TIME_WORDS_SIZE])
{
    long long seconds = span_us > 0 ? (long long)(span_us / US_PER_SECOND) : 0;

    if (seconds < 2 * MINUTE)
        snprintf(out, TIME_WORDS_SIZE, "%llds ago", seconds);
    else if (seconds < 2 * HOUR)
        snprintf(out, TIME_WORDS_SIZE, "%lldm ago", seconds / MINUTE);
    else if (seconds < 2 * DAY)
        snprintf(out, TIME_WORDS_SIZE, "%lldh ago", seconds / HOUR);
    else
        snprintf(out, TIME_WORDS_SIZE, "%lldd ago", seconds / DAY);
}

static bool is_same_day(const struct tm *one, const struct tm *other)
{
    return one->tm_year == other->tm_year && one->tm_yday == other->tm_yday;
}

static void write_local(int64_t time_us, bool as_clock, int64_t now_us, char out[TIME_WORDS_SIZE])
{
    time_t seconds = (time_t)(time_us / US_PER_SECOND), now = (time_t)(now_us / US_PER_SECOND);
    struct tm time, today;
    char zone[16];

    *out = '\0';
    if (!localtime_r(&seconds, &time) || !localtime_r(&now, &today))
        return;
    if (as_clock) {
        (void)strftime(out, TIME_WORDS_SIZE,
                       is_same_day(&time, &today) ? "%H:%M:%S" : "%m-%d %H:%M", &time);
        return;
    }
    if (!strftime(out, TIME_WORDS_SIZE - 8, "%Y-%m-%dT%H:%M:%S", &time) ||
        strftime(zone, sizeof zone, "%z", &time) != 5)
        return;
    if (!time.tm_gmtoff)
        snprintf(out + strlen(out), 8, "Z");
    else
        snprintf(out + strlen(out), 8, "%.3s:%.2s", zone, zone + 3); // +0100 as RFC 3339 has it
}

void time_words(int64_t time_us, enum time_style style, int64_t now_us, char out[TIME_WORDS_SIZE])
{
    char exact[TIME_TEXT_SIZE], ago[TIME_WORDS_SIZE];

    *out = '\0';
    if (time_us == TIME_NONE)
        return;
    time_format_us(time_us, exact);
    write_ago(now_us - time_us, ago);
    if (style == TIME_RELATIVE)
        snprintf(out, TIME_WORDS_SIZE, "%s", ago);
    else if (style == TIME_LOCAL || style == TIME_CLOCK || style == TIME_BOTH)
        write_local(time_us, style == TIME_CLOCK, now_us, out);
    if (!*out)
        snprintf(out, TIME_WORDS_SIZE, style == TIME_EXACT ? "%.40s" : "%.19sZ", exact);
    if (style == TIME_BOTH)
        snprintf(out + strlen(out), TIME_WORDS_SIZE - strlen(out), " (%s)", ago);
}

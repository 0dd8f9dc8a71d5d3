// SPDX-License-Identifier: Apache-2.0
#include "base/option_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time_us.h"
#include "base/utf8.h"

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit durations[] = {{"ms", 1},
                                        {"s", 1000},
                                        {"m", INT64_C(60) * 1000},
                                        {"h", INT64_C(3600) * 1000},
                                        {"d", INT64_C(86400) * 1000},
                                        {0}};
static const struct unit sizes[] = {{"", 1},
                                    {"B", 1},
                                    {"KiB", INT64_C(1) << 10},
                                    {"MiB", INT64_C(1) << 20},
                                    {"GiB", INT64_C(1) << 30},
                                    {0}};
static const struct unit plain[] = {{"", 1}, {0}};

bool option_value_integer(enum option_type type, const char *text, int64_t *out)
{
    const struct unit *unit = type == OPTION_DURATION ? durations
                              : type == OPTION_BYTES  ? sizes
                                                      : plain;
    bool is_negative = type == OPTION_INTEGER && text[0] == '-';
    char *end;
    long long number;

    if (text[is_negative] < '0' || text[is_negative] > '9')
        return false; // strtoll would skip blanks and take a plus
    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno)
        return false;
    for (; unit->name; unit++)
        if (!strcmp(unit->name, end))
            return !__builtin_mul_overflow(number, unit->factor, out);
    *out = 0;
    return type == OPTION_DURATION && number == 0 && !*end;
}

bool option_value_wait(struct slice text, int64_t least_ms, int64_t most_ms, int64_t *out_us)
{
    char copy[OPTION_AMOUNT_SIZE];
    int64_t ms;

    *out_us = 0;
    if (slice_equal(text, SLICE_LITERAL("never")))
        return true;
    if (!text.size || text.size >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    if (!option_value_integer(OPTION_DURATION, copy, &ms) || (ms && ms < least_ms) || ms > most_ms)
        return false;
    *out_us = ms * (US_PER_SECOND / 1000);
    return true;
}

bool option_value_listen(const char *text, struct listen_address *out)
{
    const char *colon = strrchr(text, ':');
    struct slice host;
    int64_t port;

    if (!colon || !option_value_integer(OPTION_INTEGER, colon + 1, &port) || port < 0 ||
        port > UINT16_MAX)
        return false;
    host = (struct slice){text, (size_t)(colon - text)};
    if (host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']')
        host = (struct slice){host.data + 1, host.size - 2};
    else if (memchr(host.data, ':', host.size))
        return false; // an IPv6 address without brackets
    if (!host.size || host.size >= LISTEN_HOST_SIZE || memchr(host.data, ' ', host.size) ||
        memchr(host.data, '[', host.size))
        return false;
    memcpy(out->host, host.data, host.size);
    out->host[host.size] = '\0';
    out->port = (uint16_t)port;
    return true;
}

bool option_value_next(const char **list, struct slice *part)
{
    size_t size;

    if (!**list)
        return false;
    *list += strspn(*list, " \t");
    size = strcspn(*list, ",");
    *part = (struct slice){*list, size};
    *list += size + ((*list)[size] == ',');
    while (part->size && strchr(" \t", part->data[part->size - 1]))
        part->size--;
    return true;
}

static int refuse(struct err *err, const struct option *option, const char *text,
                  const char *expected)
{
    if (option->secret)
        return err_set(err, FATAL, "CONFIGURATION", "%s: expected %s", option->name, expected);
    return err_set(err, FATAL, "CONFIGURATION", "%s: \"%.80s\": expected %s", option->name, text,
                   expected);
}

void option_value_format(enum option_type type, int64_t amount, char out[OPTION_AMOUNT_SIZE])
{
    const struct unit *best = NULL;

    for (const struct unit *unit = type == OPTION_DURATION ? durations : sizes;
         type != OPTION_INTEGER && unit->name; unit++)
        if (amount % unit->factor == 0 && (amount || !best))
            best = unit;
    snprintf(out, OPTION_AMOUNT_SIZE, "%lld%s", (long long)(best ? amount / best->factor : amount),
             best ? best->name : "");
}

static int check_amount(const struct option *option, const char *text, struct err *err)
{
    static const char *const kinds[] = {[OPTION_INTEGER] = "a whole number",
                                        [OPTION_DURATION] = "a duration like 200ms, 10s or 5m,",
                                        [OPTION_BYTES] = "a size like 64KiB or 16MiB,"};
    char least[OPTION_AMOUNT_SIZE], most[OPTION_AMOUNT_SIZE], expected[160];
    int64_t amount;

    if (option_value_integer(option->type, text, &amount) && amount >= option->least &&
        amount <= option->most)
        return DONE;
    option_value_format(option->type, option->least, least);
    option_value_format(option->type, option->most, most);
    snprintf(expected, sizeof expected, "%s from %s to %s", kinds[option->type], least, most);
    return refuse(err, option, text, expected);
}

static int check_choice(const struct option *option, const char *text, struct err *err)
{
    char expected[256] = "one of:";
    size_t size = strlen(expected);

    for (const char *const *choice = option->choices; *choice; choice++) {
        if (!strcmp(*choice, text))
            return DONE;
        if (size < sizeof expected)
            size += (size_t)snprintf(expected + size, sizeof expected - size, " %s", *choice);
    }
    return refuse(err, option, text, expected);
}

static int check_list(const struct option *option, const char *text, struct err *err)
{
    const char *rest = text;
    struct slice part;
    char expected[128];
    int64_t parts = 0;
    bool is_whole = true;

    while (option_value_next(&rest, &part)) {
        is_whole = is_whole && part.size;
        parts++;
    }
    if (is_whole && parts >= option->least && parts <= option->most)
        return DONE;
    snprintf(expected, sizeof expected, "%lld to %lld names separated by commas, none empty",
             (long long)option->least, (long long)option->most);
    return refuse(err, option, text, expected);
}

static int check_text(const struct option *option, const char *text, struct err *err)
{
    int64_t size = (int64_t)strlen(text);
    char expected[96];

    if (size >= option->least && size <= option->most)
        return DONE;
    snprintf(expected, sizeof expected, "%lld to %lld bytes", (long long)option->least,
             (long long)option->most);
    return refuse(err, option, text, expected);
}

int option_value_check(const struct option *option, const char *text, struct err *err)
{
    struct listen_address address;

    if (!utf8_is_text(slice_of(text)))
        return refuse(err, option, "(not UTF-8)", "valid UTF-8");
    switch (option->type) {
    case OPTION_TEXT:
        return check_text(option, text, err);
    case OPTION_INTEGER:
    case OPTION_DURATION:
    case OPTION_BYTES:
        return check_amount(option, text, err);
    case OPTION_CHOICE:
        return check_choice(option, text, err);
    case OPTION_LIST:
        return check_list(option, text, err);
    case OPTION_LISTEN:
        if (option_value_listen(text, &address))
            return DONE;
        return refuse(err, option, text, "an address like 127.0.0.1:9464 or [::1]:9464");
    }
    return DONE;
}

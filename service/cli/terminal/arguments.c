// SPDX-License-Identifier: Apache-2.0
// Our own rather than getopt's: one table also makes the help and finds the nearest name, and
// there is no state between calls.
#include "cli/terminal/arguments.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/option_value.h"

const struct flag common_flags[] = {
    {"config", "FILE", "read options from FILE (lines of name = value)", 'c'},
    {"set", "NAME=VALUE", "set one option; may be repeated", 's'},
    {"help", NULL, "say what this command does", 'h'},
};
const size_t common_flag_count = sizeof common_flags / sizeof *common_flags;

static const struct flag *find_flag(const struct flag *flags, size_t count, const char *name,
                                    size_t size, char letter)
{
    for (size_t i = 0; i < count; i++)
        if (letter ? flags[i].letter == letter
                   : strlen(flags[i].name) == size && !memcmp(flags[i].name, name, size))
            return &flags[i];
    return NULL;
}

static int refuse_unknown(const struct arguments *arguments, const char *argument, struct err *err)
{
    char name[80];
    struct nearest best = {0};

    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
    for (size_t i = 0; argument[1] == '-' && i < arguments->flag_count; i++)
        nearest_consider(&best, name, arguments->flags[i].name);
    for (size_t i = 0; argument[1] == '-' && i < common_flag_count; i++)
        nearest_consider(&best, name, common_flags[i].name);
    if (best.name)
        return err_set(err, FATAL, "USAGE", "unknown flag \"%.80s\"; did you mean \"--%s\"?",
                       argument, best.name);
    return err_set(err, FATAL, "USAGE", "unknown flag \"%.80s\"", argument);
}

static int keep(struct arguments *arguments, const struct flag *flag, const char *value,
                struct err *err)
{
    if (flag >= arguments->flags && flag < arguments->flags + arguments->flag_count) {
        const char **kept = &arguments->values[flag - arguments->flags];

        if (*kept)
            return err_set(err, FATAL, "USAGE", "--%s is given twice", flag->name);
        *kept = value;
    } else if (!strcmp(flag->name, "config")) {
        arguments->config_file = value;
    } else if (!strcmp(flag->name, "help")) {
        arguments->help = true;
    } else {
        if (arguments->assignment_count == ASSIGNMENTS_MAX)
            return err_set(err, FATAL, "USAGE", "--set more than %d times", ASSIGNMENTS_MAX);
        arguments->assignments[arguments->assignment_count++] = value;
    }
    return DONE;
}

// Takes the flag at argv[*at], and its value, which may be the next argument.
static int take_flag(struct arguments *arguments, int argc, char *const *argv, int *at,
                     struct err *err)
{
    const char *argument = argv[*at];
    bool is_long = argument[1] == '-';
    const char *equals = is_long ? strchr(argument, '=') : NULL;
    size_t size = equals ? (size_t)(equals - argument) - 2 : strlen(argument + 1) - 1;
    char letter = is_long ? 0 : argument[1];
    const struct flag *flag = NULL;

    if (is_long || !argument[2])
        flag = find_flag(arguments->flags, arguments->flag_count, argument + 2, size, letter);
    if (!flag && (is_long || !argument[2]))
        flag = find_flag(common_flags, common_flag_count, argument + 2, size, letter);
    if (!flag)
        return refuse_unknown(arguments, argument, err);
    if (!flag->value && equals)
        return err_set(err, FATAL, "USAGE", "--%s takes no value", flag->name);
    if (!flag->value)
        return keep(arguments, flag, "", err);
    if (equals)
        return keep(arguments, flag, equals + 1, err);
    if (*at + 1 == argc)
        return err_set(err, FATAL, "USAGE", "--%s needs a value: %s", flag->name, flag->value);
    return keep(arguments, flag, argv[++*at], err);
}

int arguments_parse(struct arguments *arguments, const struct flag *flags, size_t flag_count,
                    int argc, char *const *argv, struct err *err)
{
    bool flags_ended = false;

    *arguments = (struct arguments){.flags = flags, .flag_count = flag_count};
    for (int i = 0; i < argc; i++) {
        int rc = DONE;

        if (!flags_ended && !strcmp(argv[i], "--"))
            flags_ended = true;
        else if (!flags_ended && argv[i][0] == '-' && argv[i][1])
            rc = take_flag(arguments, argc, argv, &i, err);
        else if (arguments->positional_count < POSITIONAL_MAX)
            arguments->positional[arguments->positional_count++] = argv[i];
        else
            rc = err_set(err, FATAL, "USAGE", "too many arguments");
        if (rc)
            return rc;
    }
    return DONE;
}

const char *arguments_value(const struct arguments *arguments, const char *name)
{
    const struct flag *flag =
        find_flag(arguments->flags, arguments->flag_count, name, strlen(name), 0);

    return flag ? arguments->values[flag - arguments->flags] : NULL;
}

bool arguments_given(const struct arguments *arguments, const char *name)
{
    return arguments_value(arguments, name) != NULL;
}

int arguments_integer(const struct arguments *arguments, const char *name, long long least,
                      long long most, long long fallback, long long *out, struct err *err)
{
    const char *text = arguments_value(arguments, name);
    int64_t number;

    *out = fallback;
    if (!text)
        return DONE;
    if (!option_value_integer(OPTION_INTEGER, text, &number) || number < least || number > most)
        return err_set(err, FATAL, "USAGE",
                       "--%s: \"%.40s\": expected a whole number from %lld to %lld", name, text,
                       least, most);
    *out = number;
    return DONE;
}

// SPDX-License-Identifier: Apache-2.0
// jobtrail_tables: prints the tables that --help is made of as JSON. It runs when Jobtrail is
// built, and packaging/manual.py makes the man pages and the completion of shells of what it says.
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/options_text.h"
#include "base/version.h"
#include "cli/terminal/help_text.h"
#include "serve/process/option_table.h"

// All of these give NULL without memory, and take a NULL that another one gave.

static json_t *text_of(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *letter_of(char letter)
{
    return letter ? json_stringn(&letter, 1) : json_null();
}

// An array of count things, each made of its place in a table.
static json_t *array_of(json_t *(*make)(const void *table, size_t at), const void *table,
                        size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; array && i < count; i++) {
        if (json_array_append_new(array, make(table, i))) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *flag_at(const void *table, size_t at)
{
    const struct flag *flag = (const struct flag *)table + at;

    return json_pack("{s:s, s:o, s:s, s:o}", "name", flag->name, "value", text_of(flag->value),
                     "prose", flag->prose, "letter", letter_of(flag->letter));
}

static json_t *verb_at(const void *table, size_t at)
{
    const struct verb *verb = (const struct verb *)table + at;

    return json_pack("{s:s, s:s, s:s}", "name", verb->name, "arguments", verb->arguments, "help",
                     verb->help);
}

static json_t *command_at(const void *table, size_t at)
{
    const struct command *command = ((const struct command *const *)table)[at];

    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:o, s:o}", "name", command->name, "summary",
                     command->summary, "synopsis", text_of(command->synopsis), "description",
                     text_of(command->description), "example", command->example, "flags",
                     array_of(flag_at, command->flags, command->flag_count), "verbs",
                     array_of(verb_at, command->verbs, command->verb_count));
}

static json_t *choice_at(const void *table, size_t at)
{
    return json_string(((const char *const *)table)[at]);
}

static json_t *choices_of(const struct option *option)
{
    size_t count = 0;

    while (option->choices && option->choices[count])
        count++;
    return array_of(choice_at, option->choices, count);
}

static json_t *range_of(const struct option *option)
{
    struct buffer range;
    json_t *text = NULL;

    buffer_init(&range);
    options_write_range(option, &range);
    if (!range.failed)
        text = json_stringn(range.data, range.size);
    buffer_free(&range);
    return text;
}

static json_t *option_at(const void *table, size_t at)
{
    const struct option *option = (const struct option *)table + at;

    return json_pack("{s:s, s:o, s:o, s:o, s:b, s:s}", "name", option->name, "range",
                     range_of(option), "choices", choices_of(option), "default",
                     text_of(option->fallback), "secret", option->secret, "prose", option->prose);
}

static json_t *family_at(const void *table, size_t at)
{
    const struct option_family *family = (const struct option_family *)table + at;

    return json_pack("{s:s, s:s}", "prefix", family->prefix, "prose", family->prose);
}

static json_t *tables(void)
{
    size_t commands = 0;

    while (command_table[commands])
        commands++;
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "version", program_version, "sources",
                     help_sources, "exit_codes", help_exit_codes, "common_flags",
                     array_of(flag_at, common_flags, common_flag_count), "commands",
                     array_of(command_at, command_table, commands), "options",
                     array_of(option_at, option_table.options, option_table.count), "families",
                     array_of(family_at, option_table.families, option_table.family_count));
}

int main(void)
{
    json_t *all = tables();
    int rc = all ? json_dumpf(all, stdout, JSON_INDENT(1)) : -1;

    json_decref(all);
    if (!rc && !fflush(stdout))
        return EXIT_SUCCESS;
    fprintf(stderr, "jobtrail_tables: cannot print the tables\n");
    return EXIT_FAILURE;
}

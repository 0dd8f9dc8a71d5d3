// SPDX-License-Identifier: Apache-2.0
// Where options come from: a file, the environment, an assignment on the command line.
//
// libinih reads the file, but it would cut or join some lines without a word. So each line is
// looked at before the library sees it, and what it could read in two ways is refused.
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/options_private.h"
#include "base/service_variables.h"

enum { LINE_MAX_BYTES = 8 * 1024, NAME_SIZE = 256, ORIGIN_SIZE = 400 };

static const char variable_prefix[] = "JOBTRAIL_";

struct reading {
    FILE *file;
    char *line; // owned, getline's
    size_t line_capacity;
    unsigned line_number;
    const char *path;
    struct options *options;
    struct err *err;
    int rc; // the first failure; nothing is read after it
};

static int refuse_line(struct reading *reading, const char *why)
{
    reading->rc = err_set(reading->err, FATAL, "CONFIGURATION", "%.300s:%u: %s", reading->path,
                          reading->line_number, why);
    return reading->rc;
}

// Why a line cannot be handed on; NULL if it can.
static const char *what_is_wrong(const char *line, size_t size)
{
    const char *equals, *value;

    if (size > LINE_MAX_BYTES)
        return "the line is longer than 8 KiB";
    if (memchr(line, '\0', size))
        return "the line has a NUL byte";
    line += strspn(line, " \t\r\n\v\f");
    if (!*line || *line == '#' || *line == ';')
        return NULL;
    if (*line == '[')
        return "sections are not known: write whole names, like \"kafka.group.id = jobtrail\"";
    equals = line + strcspn(line, "=:");
    if (*equals != '=' || equals == line)
        return "expected \"name = value\"";
    for (value = equals + 1; *value; value++)
        if ((*value == '#' || *value == ';') && (value[-1] == ' ' || value[-1] == '\t'))
            return "a comment must stand on a line of its own (a value that has \" #\" or \" ;\" "
                   "in it can only come from the environment, a flag or NAME.file)";
    return NULL;
}

static char *next_line(char *out, int size, void *stream)
{
    struct reading *reading = stream;
    const char *line, *wrong;
    ssize_t length, mark = 0;

    if (reading->rc)
        return NULL;
    errno = 0;
    length = getline(&reading->line, &reading->line_capacity, reading->file);
    if (length < 0) {
        if (!feof(reading->file))
            refuse_line(reading, strerror(errno));
        return NULL;
    }
    reading->line_number++;
    line = reading->line;
    // A byte order mark, which inih leaves out as well: only one.
    if (reading->line_number == 1 && !strncmp(line, "\xef\xbb\xbf", 3))
        mark = 3;
    wrong = what_is_wrong(line + mark, (size_t)(length - mark));
    if (!wrong && length >= size)
        wrong = "the line is too long";
    if (wrong) {
        refuse_line(reading, wrong);
        return NULL;
    }
    memcpy(out, line, (size_t)length + 1);
    return out;
}

static int take_pair(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    char origin[ORIGIN_SIZE];

    if (reading->rc)
        return 0;
    if (*section)
        return !refuse_line(reading, "sections are not known");
    snprintf(origin, sizeof origin, "%.300s:%u", reading->path, reading->line_number);
    reading->rc =
        options_set_once(reading->options, name, value ? value : "", origin, reading->err);
    return !reading->rc;
}

int options_read_file(struct options *options, const char *path, struct err *err)
{
    struct reading reading = {.path = path, .options = options, .err = err};

    reading.file = fopen(path, "re");
    if (!reading.file)
        return err_set(err, FATAL, "CONFIGURATION", "cannot read \"%.300s\": %s", path,
                       strerror(errno));
    ini_use_stack = false;
    ini_initial_alloc = LINE_MAX_BYTES + 3;
    ini_allow_multiline = false;
    ini_allow_inline_comments = false;
    options_begin_source(options);
    if (ini_parse_stream(next_line, &reading, take_pair, &reading) && !reading.rc)
        refuse_line(&reading, "expected \"name = value\"");
    free(reading.line);
    fclose(reading.file);
    return reading.rc;
}

static void variable_of(const char *name, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "%s%s", variable_prefix, name);
    for (char *at = out; *at; at++)
        *at = *at == '.' || *at == '-' ? '_' : (char)toupper((unsigned char)*at);
}

// Where a secret may be instead.
static const char *const places[] = {"file", "command"};

enum { PLACES = sizeof places / sizeof *places };

// The table's name for a variable, also of the place of a secret.
static bool find_in_table(const struct options_table *table, const char *variable,
                          char name[NAME_SIZE])
{
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->options[i];
        char candidate[NAME_SIZE];

        variable_of(option->name, candidate);
        if (!strcmp(candidate, variable)) {
            snprintf(name, NAME_SIZE, "%s", option->name);
            return true;
        }
        for (size_t place = 0; place < PLACES && option->secret; place++) {
            snprintf(name, NAME_SIZE, "%s.%s", option->name, places[place]);
            variable_of(name, candidate);
            if (!strcmp(candidate, variable))
                return true;
        }
    }
    return false;
}

// A family's '_' before the place of a secret is a dot.
static void part_place(const struct options_table *table, char *name)
{
    for (size_t place = 0; place < PLACES && options_is_secret(table, name); place++) {
        const size_t size = strlen(name), place_size = strlen(places[place]);

        if (size > place_size + 1 && name[size - place_size - 1] == '_' &&
            !strcmp(name + size - place_size, places[place]))
            name[size - place_size - 1] = '.';
    }
}

static bool find_in_families(const struct options_table *table, const char *variable,
                             char name[NAME_SIZE])
{
    for (size_t i = 0; i < table->family_count; i++) {
        const struct option_family *family = &table->families[i];
        char prefix[NAME_SIZE];
        size_t size;

        variable_of(family->prefix, prefix);
        size = strlen(prefix);
        if (strncmp(variable, prefix, size) || !variable[size])
            continue;
        snprintf(name, NAME_SIZE, "%s%s", family->prefix, variable + size);
        for (char *at = name + strlen(family->prefix); *at; at++)
            *at = *at == '_' ? family->environment_dot : (char)tolower((unsigned char)*at);
        part_place(table, name);
        return true;
    }
    return false;
}

static int refuse_variable(const struct options_table *table, const char *variable, struct err *err)
{
    char candidates[2][NAME_SIZE];
    struct nearest best = {0};
    size_t at = 0;

    for (size_t i = 0; i < table->count; i++) {
        variable_of(table->options[i].name, candidates[at]);
        nearest_consider(&best, variable, candidates[at]);
        if (best.name == candidates[at])
            at = !at; // the best one so far stays where it is
    }
    if (best.name)
        return err_set(err, FATAL, "CONFIGURATION",
                       "environment: unknown variable %.80s; did you mean %s?", variable,
                       best.name);
    return err_set(err, FATAL, "CONFIGURATION",
                   "environment: unknown variable %.80s; \"jobtrail help options\" lists all "
                   "options",
                   variable);
}

static int take_variable(struct options *options, const char *entry, struct err *err)
{
    const char *equals = strchr(entry, '=');
    char variable[NAME_SIZE], name[NAME_SIZE], origin[ORIGIN_SIZE];

    if (!equals)
        return DONE;
    if (equals - entry >= NAME_SIZE)
        return err_set(err, FATAL, "CONFIGURATION", "environment: a name of %td bytes",
                       equals - entry);
    snprintf(variable, sizeof variable, "%.*s", (int)(equals - entry), entry);
    if (!find_in_table(options_table(options), variable, name)) {
        // Before the families: a service called jobtrail-postgres has a variable
        // JOBTRAIL_POSTGRES_PORT.
        if (is_service_variable(variable, equals + 1))
            return DONE;
        if (!find_in_families(options_table(options), variable, name))
            return refuse_variable(options_table(options), variable, err);
    }
    snprintf(origin, sizeof origin, "environment variable %s", variable);
    return options_set_once(options, name, equals + 1, origin, err);
}

int options_read_environment(struct options *options, char *const *environment, struct err *err)
{
    options_begin_source(options);
    for (; *environment; environment++) {
        int rc;

        if (strncmp(*environment, variable_prefix, sizeof variable_prefix - 1))
            continue;
        rc = take_variable(options, *environment, err);
        if (rc)
            return rc;
    }
    return DONE;
}

int options_read_assignment(struct options *options, const char *assignment, struct err *err)
{
    const char *equals = strchr(assignment, '=');
    char name[NAME_SIZE];

    if (!equals || equals == assignment || equals - assignment >= NAME_SIZE)
        return err_set(err, FATAL, "CONFIGURATION", "--set: expected name=value");
    snprintf(name, sizeof name, "%.*s", (int)(equals - assignment), assignment);
    return options_set(options, name, equals + 1, "--set", err);
}

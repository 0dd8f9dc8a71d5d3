// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/option_value.h"
#include "base/options_private.h"

enum { NAME_SIZE = 256 };

struct value {
    char *name, *text, *origin; // owned
    char *file, *command;       // owned; where the text was read, if it was
    bool is_secret;
    unsigned source; // 0: set from outside any source
};

struct options {
    const struct options_table *table; // borrowed
    struct value *values;              // owned, in order of setting
    size_t count, capacity;
    unsigned source;
};

int options_new(const struct options_table *table, struct options **out, struct err *err)
{
    struct options *options = calloc(1, sizeof *options);

    if (!options)
        return err_no_memory(err);
    options->table = table;
    *out = options;
    return DONE;
}

static void value_close(struct value *value)
{
    free(value->name);
    free(value->origin);
    free(value->file);
    free(value->command);
    if (value->text && value->is_secret)
        explicit_bzero(value->text, strlen(value->text));
    free(value->text);
}

void options_free(struct options *options)
{
    if (!options)
        return;
    for (size_t i = 0; i < options->count; i++)
        value_close(&options->values[i]);
    free(options->values);
    free(options);
}

const struct options_table *options_table(const struct options *options)
{
    return options->table;
}

void options_begin_source(struct options *options)
{
    options->source++;
}

const struct option *options_find(const struct options_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (!strcmp(table->options[i].name, name))
            return &table->options[i];
    return NULL;
}

const struct option_family *options_find_family(const struct options_table *table, const char *name)
{
    for (size_t i = 0; i < table->family_count; i++) {
        size_t size = strlen(table->families[i].prefix);

        if (!strncmp(table->families[i].prefix, name, size) && name[size])
            return &table->families[i];
    }
    return NULL;
}

bool options_is_secret(const struct options_table *table, const char *name)
{
    const struct option *option = options_find(table, name);
    const struct option_family *family = options_find_family(table, name);

    if (option)
        return option->secret;
    for (size_t i = 0; family && family->secret_words[i]; i++)
        if (strstr(name, family->secret_words[i]))
            return true;
    return false;
}

static struct value *find_value(const struct options *options, const char *name)
{
    for (size_t i = 0; i < options->count; i++)
        if (!strcmp(options->values[i].name, name))
            return &options->values[i];
    return NULL;
}

// Where a value comes from.
struct provenance {
    const char *origin;
    unsigned source;
    const struct secret_source *secret; // NULL: the text is what was given
};

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static int keep(struct options *options, const char *name, const char *text,
                const struct provenance *from, struct err *err)
{
    const struct secret_source secret = from->secret ? *from->secret : (struct secret_source){0};
    struct value *old = find_value(options, name);
    struct value new = {.name = strdup(name),
                        .text = strdup(text),
                        .origin = strdup(from->origin),
                        .file = copy(secret.file),
                        .command = copy(secret.command),
                        .is_secret = options_is_secret(options->table, name),
                        .source = from->source};

    if (!new.name || !new.text || !new.origin || (secret.file && !new.file) ||
        (secret.command && !new.command))
        goto no_memory;
    if (old) {
        value_close(old);
        *old = new;
        return DONE;
    }
    if (options->count == options->capacity) {
        size_t capacity = options->capacity ? options->capacity * 2 : 16;
        struct value *values = realloc(options->values, capacity * sizeof *values);

        if (!values)
            goto no_memory;
        options->values = values;
        options->capacity = capacity;
    }
    options->values[options->count++] = new;
    return DONE;

no_memory:
    value_close(&new);
    return err_no_memory(err);
}

static int refuse_unknown(const struct options_table *table, const char *name, const char *origin,
                          struct err *err)
{
    struct nearest best = {0};

    for (size_t i = 0; i < table->count; i++)
        nearest_consider(&best, name, table->options[i].name);
    if (best.name)
        return err_set(err, FATAL, "CONFIGURATION",
                       "%s: unknown option \"%.80s\"; did you mean \"%s\"?", origin, name,
                       best.name);
    return err_set(err, FATAL, "CONFIGURATION",
                   "%s: unknown option \"%.80s\"; \"jobtrail help options\" lists them all", origin,
                   name);
}

static int set_checked(struct options *options, const char *name, const char *value,
                       const struct provenance *from, struct err *err)
{
    const struct option *option = options_find(options->table, name);
    const struct value *old = find_value(options, name);
    struct err why;

    if (!option && !options_find_family(options->table, name))
        return refuse_unknown(options->table, name, from->origin, err);
    if (from->source && old && old->source == from->source)
        return err_set(err, FATAL, "CONFIGURATION", "%s: %s is set twice, first at %s",
                       from->origin, name, old->origin);
    if (option && option_value_check(option, value, &why))
        return err_set(err, FATAL, "CONFIGURATION", "%s: %s", from->origin, why.text);
    return keep(options, name, value, from, err);
}

static int set_secret(struct options *options, const struct secret_source *secret,
                      const char *origin, unsigned source, struct err *err)
{
    const struct provenance from = {origin, source, secret};
    struct buffer text;
    struct err why;
    int rc;

    buffer_init(&text);
    rc = options->table->read_secret(secret, &text, &why);
    if (rc && !strcmp(why.reason, "OUT_OF_MEMORY"))
        rc = err_no_memory(err);
    else if (rc)
        rc = err_set(err, FATAL, "CONFIGURATION", "%s: %s", origin, why.text);
    else
        rc = set_checked(options, secret->option, text.data, &from, err);
    if (text.data)
        explicit_bzero(text.data, text.size);
    buffer_free(&text);
    return rc;
}

// Whether name is that of a secret with this suffix behind it; then *secret_name is the secret's.
static bool is_secret_by(const struct options *options, const char *name, const char *suffix,
                         char secret_name[NAME_SIZE])
{
    const size_t size = strlen(name), suffix_size = strlen(suffix);

    if (size <= suffix_size || strcmp(name + size - suffix_size, suffix) != 0 ||
        options_find(options->table, name))
        return false;
    memcpy(secret_name, name, size - suffix_size);
    secret_name[size - suffix_size] = '\0';
    return options_is_secret(options->table, secret_name);
}

static int set(struct options *options, const char *name, const char *value, const char *origin,
               unsigned source, struct err *err)
{
    const struct provenance from = {origin, source, NULL};
    struct secret_source secret = {0};
    char secret_name[NAME_SIZE];

    if (strlen(name) >= NAME_SIZE)
        return err_set(err, FATAL, "CONFIGURATION", "%s: a name of %zu bytes", origin,
                       strlen(name));
    if (is_secret_by(options, name, ".file", secret_name))
        secret = (struct secret_source){.option = secret_name, .file = value};
    else if (is_secret_by(options, name, ".command", secret_name))
        secret = (struct secret_source){.option = secret_name, .command = value};
    return secret.option ? set_secret(options, &secret, origin, source, err)
                         : set_checked(options, name, value, &from, err);
}

int options_set(struct options *options, const char *name, const char *value, const char *origin,
                struct err *err)
{
    return set(options, name, value, origin, 0, err);
}

int options_set_once(struct options *options, const char *name, const char *value,
                     const char *origin, struct err *err)
{
    return set(options, name, value, origin, options->source, err);
}

const char *options_text(const struct options *options, const char *name)
{
    const struct value *value = find_value(options, name);
    const struct option *option = options_find(options->table, name);

    if (value)
        return value->text;
    return option ? option->fallback : NULL;
}

int64_t options_integer(const struct options *options, const char *name)
{
    const struct option *option = options_find(options->table, name);
    const char *text = options_text(options, name);
    int64_t number;

    if (!option || !text || !option_value_integer(option->type, text, &number))
        return 0;
    return number;
}

size_t options_choice(const struct options *options, const char *name)
{
    const struct option *option = options_find(options->table, name);
    const char *text = options_text(options, name);

    for (size_t i = 0; option && text && option->choices[i]; i++)
        if (!strcmp(option->choices[i], text))
            return i;
    return 0;
}

bool options_value_at(const struct options *options, size_t place, struct option_value *out)
{
    const struct value *value;

    if (place >= options->count)
        return false;
    value = &options->values[place];
    *out = (struct option_value){.name = value->name,
                                 .value = value->text,
                                 .origin = value->origin,
                                 .secret = value->is_secret,
                                 .source = {value->name, value->file, value->command}};
    return true;
}

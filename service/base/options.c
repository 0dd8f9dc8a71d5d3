// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/option_value.h"
#include "base/options_private.h"

enum { SECRET_FILE_MAX_BYTES = 64 * 1024, NAME_SIZE = 256 };

struct value {
    char *name, *text, *origin; // owned
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

static int keep(struct options *options, const char *name, const char *text, const char *origin,
                unsigned source, struct err *err)
{
    struct value *old = find_value(options, name);
    struct value new = {strdup(name), strdup(text), strdup(origin),
                        options_is_secret(options->table, name), source};

    if (!new.name || !new.text || !new.origin)
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
                       const char *origin, unsigned source, struct err *err)
{
    const struct option *option = options_find(options->table, name);
    const struct value *old = find_value(options, name);
    struct err why;

    if (!option && !options_find_family(options->table, name))
        return refuse_unknown(options->table, name, origin, err);
    if (source && old && old->source == source)
        return err_set(err, FATAL, "CONFIGURATION", "%s: %s is set twice, first at %s", origin,
                       name, old->origin);
    if (option && option_value_check(option, value, &why))
        return err_set(err, FATAL, "CONFIGURATION", "%s: %s", origin, why.text);
    return keep(options, name, value, origin, source, err);
}

// Reads a secret: the file's content without the newline at its end.
static int set_from_file(struct options *options, const char *name, const char *path,
                         const char *origin, unsigned source, struct err *err)
{
    char *text = malloc(SECRET_FILE_MAX_BYTES + 1);
    FILE *file = fopen(path, "re");
    size_t size = 0;
    int rc;

    if (!text) {
        rc = err_no_memory(err);
        goto out;
    }
    if (file)
        size = fread(text, 1, SECRET_FILE_MAX_BYTES + 1, file);
    if (!file || ferror(file)) {
        rc = err_set(err, FATAL, "CONFIGURATION", "%s: %s.file: cannot read \"%.200s\": %s", origin,
                     name, path, strerror(errno));
        goto out;
    }
    if (size && text[size - 1] == '\n')
        size--;
    if (size && text[size - 1] == '\r')
        size--;
    if (size > SECRET_FILE_MAX_BYTES || memchr(text, '\0', size)) {
        rc = err_set(err, FATAL, "CONFIGURATION",
                     "%s: %s.file: \"%.200s\" is not a text of at most %d bytes", origin, name,
                     path, SECRET_FILE_MAX_BYTES);
        goto out;
    }
    text[size] = '\0';
    rc = set_checked(options, name, text, origin, source, err);
out:
    if (text)
        explicit_bzero(text, SECRET_FILE_MAX_BYTES + 1);
    free(text);
    if (file)
        fclose(file);
    return rc;
}

static int set(struct options *options, const char *name, const char *value, const char *origin,
               unsigned source, struct err *err)
{
    static const char suffix[] = ".file";
    size_t size = strlen(name);
    char secret[NAME_SIZE];

    if (size >= NAME_SIZE)
        return err_set(err, FATAL, "CONFIGURATION", "%s: a name of %zu bytes", origin, size);
    if (size > sizeof suffix - 1 && !strcmp(name + size - (sizeof suffix - 1), suffix)) {
        memcpy(secret, name, size - (sizeof suffix - 1));
        secret[size - (sizeof suffix - 1)] = '\0';
        if (!options_find(options->table, name) && options_is_secret(options->table, secret))
            return set_from_file(options, secret, value, origin, source, err);
    }
    return set_checked(options, name, value, origin, source, err);
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
    *out = (struct option_value){value->name, value->text, value->origin, value->is_secret};
    return true;
}

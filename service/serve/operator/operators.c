// SPDX-License-Identifier: Apache-2.0
#include "serve/operator/operators.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { OPERATORS_MAX = 100 };

struct operator_entry {
    char name[OPERATOR_NAME_MAX + 1];
    unsigned char secret[OPERATOR_SECRET_MAX]; // filled up with zeros
    size_t size;
};

struct operators {
    struct operator_entry entries[OPERATORS_MAX];
    size_t count;
};

static const char blanks[] = " \t\r\n";

// As long for every secret: all bytes of all are looked at.
static bool is_secret(const struct operator_entry *entry, struct slice secret)
{
    unsigned char difference = entry->size != secret.size;

    for (size_t i = 0; i < OPERATOR_SECRET_MAX; i++)
        difference |= (unsigned char)(entry->secret[i] ^
                                      (i < secret.size ? (unsigned char)secret.data[i] : 0));
    return !difference;
}

const char *operators_find(const struct operators *operators, struct slice secret)
{
    const char *name = NULL;

    for (size_t i = 0; i < operators->count; i++)
        if (is_secret(&operators->entries[i], secret))
            name = operators->entries[i].name;
    return name;
}

static const char *fault_of(const struct operators *operators, struct slice name,
                            struct slice secret, const char *rest)
{
    if (!secret.size || *(rest + strspn(rest, blanks)))
        return "expected a name, blanks and a secret";
    if (name.size > OPERATOR_NAME_MAX)
        return "a name has at most 64 bytes";
    if (secret.size < OPERATOR_SECRET_MIN)
        return "a secret has at least 32 bytes: openssl rand -hex 32";
    if (secret.size > OPERATOR_SECRET_MAX)
        return "a secret has at most 256 bytes";
    if (operators_find(operators, secret))
        return "somebody else has the same secret";
    return operators->count == OPERATORS_MAX ? "there are more than 100" : NULL;
}

static const char *take_line(struct operators *operators, const char *line)
{
    struct operator_entry *entry = &operators->entries[operators->count];
    struct slice name, secret;
    const char *fault;

    name.data = line + strspn(line, blanks);
    name.size = strcspn(name.data, blanks);
    if (!name.size || *name.data == '#')
        return NULL;
    secret.data = name.data + name.size + strspn(name.data + name.size, blanks);
    secret.size = strcspn(secret.data, blanks);
    fault = fault_of(operators, name, secret, secret.data + secret.size);
    if (fault)
        return fault;
    memcpy(entry->name, name.data, name.size);
    memcpy(entry->secret, secret.data, secret.size);
    entry->size = secret.size;
    operators->count++;
    return NULL;
}

static int take_lines(struct operators *operators, const char *path, FILE *file, struct err *err)
{
    const char *fault = NULL;
    size_t room = 0, number = 0;
    char *line = NULL;

    while (!fault && getline(&line, &room, file) >= 0) {
        number++;
        fault = take_line(operators, line);
    }
    if (line)
        explicit_bzero(line, room);
    free(line);
    if (ferror(file))
        return err_set(err, FATAL, "CONFIGURATION", "operator.credentials: %.200s: cannot be read",
                       path);
    if (fault)
        return err_set(err, FATAL, "CONFIGURATION", "operator.credentials: %.200s, line %zu: %s",
                       path, number, fault);
    if (!operators->count)
        return err_set(err, FATAL, "CONFIGURATION", "operator.credentials: %.200s names nobody",
                       path);
    return DONE;
}

static int check_mode(const char *path, FILE *file, struct err *err)
{
    struct stat status;

    if (fstat(fileno(file), &status))
        return err_set(err, FATAL, "CONFIGURATION", "operator.credentials: %.200s: %s", path,
                       strerror(errno));
    if (status.st_mode & (S_IRWXO | S_IWGRP))
        return err_set(err, FATAL, "CONFIGURATION",
                       "operator.credentials: others may read or write %.200s: chmod 600 it", path);
    return DONE;
}

int operators_read(const char *path, struct operators **out, struct err *err)
{
    struct operators *operators = calloc(1, sizeof *operators);
    FILE *file;
    int rc;

    if (!operators)
        return err_no_memory(err);
    file = fopen(path, "re");
    if (!file)
        rc = err_set(err, FATAL, "CONFIGURATION", "operator.credentials: %.200s: %s", path,
                     strerror(errno));
    else
        rc = check_mode(path, file, err);
    if (!rc)
        rc = take_lines(operators, path, file, err);
    if (file)
        fclose(file);
    if (rc)
        operators_free(operators);
    else
        *out = operators;
    return rc;
}

void operators_free(struct operators *operators)
{
    if (!operators)
        return;
    explicit_bzero(operators, sizeof *operators);
    free(operators);
}

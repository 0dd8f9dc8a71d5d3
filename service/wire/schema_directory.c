// SPDX-License-Identifier: Apache-2.0
// The texts are kept, not the parsed schemas: whoever fetches one compiles it and keeps the plan.
#include "wire/schema_directory.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/canonical.h"

struct known_schema {
    uint64_t fingerprint;
    char *json; // owned
};

struct schema_directory {
    const struct schema_source *otherwise;
    size_t count;
    struct known_schema schemas[SCHEMA_DIRECTORY_MAX_FILES];
};

static bool is_schema_file(const char *name)
{
    size_t length = strlen(name);

    return length > 5 && !strcmp(name + length - 5, ".avsc");
}

// The whole file, NUL-terminated, the caller's to free.
static int read_file(const char *path, char **out, size_t *size, struct err *err)
{
    FILE *file = fopen(path, "re");
    char *text = malloc(SCHEMA_MAX_BYTES + 2);
    bool failed_to_read;

    *out = NULL;
    *size = 0;
    if (!file || !text) {
        int why = errno;

        if (file)
            fclose(file);
        free(text);
        return file ? err_no_memory(err)
                    : err_set(err, FATAL, "SCHEMA_DIRECTORY", "cannot open %s: %s", path,
                              strerror(why));
    }
    *size = fread(text, 1, SCHEMA_MAX_BYTES + 1, file);
    failed_to_read = ferror(file);
    fclose(file);
    if (failed_to_read || *size > SCHEMA_MAX_BYTES) {
        free(text);
        return err_set(err, FATAL, "SCHEMA_DIRECTORY", "%s cannot be read, or has over %d bytes",
                       path, SCHEMA_MAX_BYTES);
    }
    text[*size] = '\0';
    *out = text;
    return DONE;
}

static int fingerprint_of(const char *path, struct slice json, uint64_t *out, struct err *err)
{
    struct arena arena;
    struct schema schema;
    struct err why;
    int rc;

    arena_init(&arena);
    rc = schema_parse(json, &arena, &schema, &why);
    if (rc == POISON)
        rc = err_set(err, FATAL, "SCHEMA_DIRECTORY", "%s: %s", path, why.text);
    else if (rc)
        *err = why;
    else
        rc = schema_fingerprint(&schema, out, err);
    schema_close(&schema);
    arena_reset(&arena);
    return rc;
}

static int add_file(struct schema_directory *directory, const char *folder, const char *name,
                    struct err *err)
{
    struct known_schema *known = &directory->schemas[directory->count];
    char path[4096];
    char *text, *shorter;
    size_t size = 0;
    int rc;

    if (directory->count == SCHEMA_DIRECTORY_MAX_FILES)
        return err_set(err, FATAL, "SCHEMA_DIRECTORY", "%s has more than %d schemas", folder,
                       SCHEMA_DIRECTORY_MAX_FILES);
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return err_set(err, FATAL, "SCHEMA_DIRECTORY", "the path of %s is too long", name);
    rc = read_file(path, &text, &size, err);
    if (rc)
        return rc;
    rc = fingerprint_of(path, (struct slice){text, size}, &known->fingerprint, err);
    if (rc) {
        free(text);
        return rc;
    }
    shorter = realloc(text, size + 1);
    known->json = shorter ? shorter : text;
    directory->count++;
    return DONE;
}

static int read_folder(struct schema_directory *directory, const char *path, struct err *err)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int rc = 0;

    if (!folder)
        return err_set(err, FATAL, "SCHEMA_DIRECTORY", "cannot open the folder %s: %s", path,
                       strerror(errno));
    while (!rc && (entry = readdir(folder)))
        if (is_schema_file(entry->d_name))
            rc = add_file(directory, path, entry->d_name, err);
    closedir(folder);
    return rc;
}

struct schema_directory *
schema_directory_new(const char *path, const struct schema_source *otherwise, struct err *err)
{
    struct schema_directory *directory = calloc(1, sizeof *directory);

    if (!directory) {
        err_no_memory(err);
        return NULL;
    }
    directory->otherwise = otherwise;
    if (read_folder(directory, path, err)) {
        schema_directory_free(directory);
        return NULL;
    }
    return directory;
}

void schema_directory_free(struct schema_directory *directory)
{
    if (!directory)
        return;
    for (size_t i = 0; i < directory->count; i++)
        free(directory->schemas[i].json);
    free(directory);
}

static int fetch(void *self, const struct schema_name *name, char **json, struct err *err)
{
    const struct schema_directory *directory = self;

    for (size_t i = 0; name->kind == SCHEMA_BY_FINGERPRINT && i < directory->count; i++)
        if (directory->schemas[i].fingerprint == name->fingerprint) {
            *json = strdup(directory->schemas[i].json);
            return *json ? 0 : err_no_memory(err);
        }
    if (directory->otherwise)
        return directory->otherwise->fetch(directory->otherwise->self, name, json, err);
    if (name->kind == SCHEMA_BY_FINGERPRINT)
        return err_set(err, RETRY, "SCHEMA_UNKNOWN",
                       "no schema of the folder has the fingerprint %016" PRIx64,
                       name->fingerprint);
    return err_set(err, RETRY, "SCHEMA_UNKNOWN",
                   "a registry's schema is named, and no registry is configured");
}

struct schema_source schema_directory_source(struct schema_directory *directory)
{
    return (struct schema_source){directory, fetch};
}

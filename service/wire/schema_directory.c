// SPDX-License-Identifier: Apache-2.0
// The texts are kept, not the parsed schemas: whoever fetches one compiles it and keeps the plan.
//
// What was read stays, whatever becomes of its file. A new file that is none, or not yet all there,
// is passed over until the next look.
#include "wire/schema_directory.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "wire/canonical.h"

enum { LOOK_EVERY_US = 1000 * 1000 };

struct known_schema {
    uint64_t fingerprint;
    char *json, *file; // owned
};

struct schema_directory {
    const struct schema_source *otherwise;
    char *path; // owned

    pthread_mutex_t lock; // of what follows
    int64_t look_at_us;   // for new files, not before (monotonic)
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

static bool is_known(const struct schema_directory *directory, const char *file)
{
    for (size_t i = 0; i < directory->count; i++)
        if (!strcmp(directory->schemas[i].file, file))
            return true;
    return false;
}

static int add_file(struct schema_directory *directory, const char *name, struct err *err)
{
    struct known_schema *known = &directory->schemas[directory->count];
    char path[4096];
    char *text, *shorter;
    size_t size = 0;
    int rc;

    if (directory->count == SCHEMA_DIRECTORY_MAX_FILES)
        return err_set(err, FATAL, "SCHEMA_DIRECTORY", "%s has more than %d schemas",
                       directory->path, SCHEMA_DIRECTORY_MAX_FILES);
    if ((size_t)snprintf(path, sizeof path, "%s/%s", directory->path, name) >= sizeof path)
        return err_set(err, FATAL, "SCHEMA_DIRECTORY", "the path of %s is too long", name);
    rc = read_file(path, &text, &size, err);
    if (rc)
        return rc;
    rc = fingerprint_of(path, (struct slice){text, size}, &known->fingerprint, err);
    known->file = rc ? NULL : strdup(name);
    if (!rc && !known->file)
        rc = err_no_memory(err);
    if (rc) {
        free(text);
        return rc;
    }
    shorter = realloc(text, size + 1);
    known->json = shorter ? shorter : text;
    directory->count++;
    return DONE;
}

// Reads the files that are not known. goes_on: also when one of them cannot be read.
static int read_folder(struct schema_directory *directory, bool goes_on, struct err *err)
{
    DIR *folder = opendir(directory->path);
    const struct dirent *entry;
    int rc = 0;

    if (!folder)
        return err_set(err, FATAL, "SCHEMA_DIRECTORY", "cannot open the folder %s: %s",
                       directory->path, strerror(errno));
    while ((!rc || goes_on) && (entry = readdir(folder)))
        if (is_schema_file(entry->d_name) && !is_known(directory, entry->d_name))
            rc = add_file(directory, entry->d_name, err);
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
    pthread_mutex_init(&directory->lock, NULL);
    directory->path = strdup(path);
    if (!directory->path)
        err_no_memory(err);
    if (!directory->path || read_folder(directory, false, err)) {
        schema_directory_free(directory);
        return NULL;
    }
    return directory;
}

void schema_directory_free(struct schema_directory *directory)
{
    if (!directory)
        return;
    for (size_t i = 0; i < directory->count; i++) {
        free(directory->schemas[i].json);
        free(directory->schemas[i].file);
    }
    pthread_mutex_destroy(&directory->lock);
    free(directory->path);
    free(directory);
}

static const struct known_schema *find(const struct schema_directory *directory,
                                       uint64_t fingerprint)
{
    for (size_t i = 0; i < directory->count; i++)
        if (directory->schemas[i].fingerprint == fingerprint)
            return &directory->schemas[i];
    return NULL;
}

static void look_again(struct schema_directory *directory)
{
    int64_t now_us = clock_monotonic_us();
    struct err why;

    if (now_us < directory->look_at_us)
        return;
    read_folder(directory, true, &why);
    directory->look_at_us = now_us + LOOK_EVERY_US;
}

static int fetch_by_fingerprint(struct schema_directory *directory, uint64_t fingerprint,
                                char **json, struct err *err)
{
    const struct known_schema *known;
    int rc = DONE;

    pthread_mutex_lock(&directory->lock);
    known = find(directory, fingerprint);
    if (!known) {
        look_again(directory);
        known = find(directory, fingerprint);
    }
    if (!known)
        rc = err_set(err, RETRY, "SCHEMA_UNKNOWN",
                     "no schema of the folder has the fingerprint %016" PRIx64, fingerprint);
    else if (!(*json = strdup(known->json)))
        rc = err_no_memory(err);
    pthread_mutex_unlock(&directory->lock);
    return rc;
}

static int fetch(void *self, const struct schema_name *name, char **json, struct err *err)
{
    struct schema_directory *directory = self;
    char text[SCHEMA_NAME_TEXT_SIZE];

    if (name->kind == SCHEMA_BY_FINGERPRINT)
        return fetch_by_fingerprint(directory, name->fingerprint, json, err);
    if (directory->otherwise)
        return directory->otherwise->fetch(directory->otherwise->self, name, json, err);
    schema_name_text(name, text);
    return schema_no_hope(err, "a registry's schema is named (%s), and no registry is configured",
                          text);
}

struct schema_source schema_directory_source(struct schema_directory *directory)
{
    return (struct schema_source){directory, fetch};
}

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
#include <sys/stat.h>

#include "base/clock.h"
#include "base/uuid.h"
#include "wire/schemas.h"

#define SUFFIX ".avsc"

enum { LOOK_EVERY_US = 1000 * 1000 };

// What names a schema, and what its values mean (FORM_MEANING).
struct identity {
    uint64_t fingerprints[CANONICAL_FORMS], meaning;
};

struct known_schema {
    struct identity identity;
    bool has_version; // then it is known by nothing else
    struct uuid version;
    char *json, *file; // owned
};

struct schema_directory {
    const struct schema_source *otherwise;
    enum registry_kind kind;
    char *path; // owned

    pthread_mutex_t lock;     // of what follows
    struct timespec filed_at; // when a file last came or went, as of the last look
    int64_t look_at_us;       // not before, while none comes or goes (monotonic)
    size_t count;
    struct known_schema schemas[SCHEMA_DIRECTORY_MAX_FILES];
};

static bool is_schema_file(const char *name)
{
    size_t length = strlen(name);

    return length > strlen(SUFFIX) && !strcmp(name + length - strlen(SUFFIX), SUFFIX);
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

static int identify(const char *path, struct slice json, struct identity *out, struct err *err)
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
        rc = schema_fingerprints(&schema, out->fingerprints, err);
    if (!rc)
        rc = schema_fingerprint(&schema, FORM_MEANING, &out->meaning, err);
    schema_close(&schema);
    arena_reset(&arena);
    return rc;
}

// Ours have no logical type that changes a meaning.
static struct identity identity_of_own(const struct own_schema *own)
{
    struct identity identity = {.meaning = own->fingerprints[FORM_SPECIFIED]};

    memcpy(identity.fingerprints, own->fingerprints, sizeof identity.fingerprints);
    return identity;
}

static bool has(const struct identity *identity, uint64_t fingerprint)
{
    for (size_t form = 0; form < CANONICAL_FORMS; form++)
        if (identity->fingerprints[form] == fingerprint)
            return true;
    return false;
}

// Whether a value could have been written with either, and would mean something else.
static bool are_confused(const struct identity *a, const struct identity *b)
{
    for (size_t form = 0; form < CANONICAL_FORMS; form++)
        if (has(a, b->fingerprints[form]))
            return a->meaning != b->meaning;
    return false;
}

// The name of another schema that values of this one would be taken for, or the other way round;
// NULL: none.
static const char *find_confused(const struct schema_directory *directory,
                                 const struct identity *identity)
{
    size_t count;
    const struct own_schema *own = own_schemas(&count);

    for (size_t i = 0; i < count; i++) {
        const struct identity ours = identity_of_own(&own[i]);

        if (are_confused(identity, &ours))
            return own[i].full_name;
    }
    for (size_t i = 0; i < directory->count; i++)
        if (!directory->schemas[i].has_version &&
            are_confused(identity, &directory->schemas[i].identity))
            return directory->schemas[i].file;
    return NULL;
}

static int know(const struct schema_directory *directory, const char *path, struct slice json,
                struct known_schema *known, struct err *err)
{
    int rc = identify(path, json, &known->identity, err);
    const char *other =
        rc || known->has_version ? NULL : find_confused(directory, &known->identity);

    if (other)
        rc =
            err_set(err, FATAL, "SCHEMA_DIRECTORY",
                    "%s has a fingerprint of %s, and other logical types: nobody can tell which of "
                    "them wrote a value. Take the file away, and have its writers use the other's "
                    "types, or a schema registry",
                    path, other);
    return rc;
}

static bool is_known(const struct schema_directory *directory, const char *file)
{
    for (size_t i = 0; i < directory->count; i++)
        if (!strcmp(directory->schemas[i].file, file))
            return true;
    return false;
}

static bool read_version(const char *file, struct uuid *out)
{
    return uuid_parse((struct slice){file, strlen(file) - strlen(SUFFIX)}, out);
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
    known->has_version = directory->kind == REGISTRY_GLUE && read_version(name, &known->version);
    rc = know(directory, path, (struct slice){text, size}, known, err);
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

struct schema_directory *schema_directory_new(const char *path, enum registry_kind kind,
                                              const struct schema_source *otherwise,
                                              struct err *err)
{
    struct schema_directory *directory = calloc(1, sizeof *directory);

    if (!directory) {
        err_no_memory(err);
        return NULL;
    }
    directory->otherwise = otherwise;
    directory->kind = kind;
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
                                       const struct schema_name *name)
{
    for (size_t i = 0; i < directory->count; i++) {
        const struct known_schema *known = &directory->schemas[i];

        if (name->kind == SCHEMA_BY_VERSION
                ? known->has_version && !memcmp(known->version.bytes, name->guid, sizeof name->guid)
                : !known->has_version && has(&known->identity, name->fingerprint))
            return known;
    }
    return NULL;
}

// Whether a file came or went since the last look.
static bool is_changed(struct schema_directory *directory)
{
    const struct timespec *last = &directory->filed_at;
    struct stat now;

    if (stat(directory->path, &now) ||
        (now.st_mtim.tv_sec == last->tv_sec && now.st_mtim.tv_nsec == last->tv_nsec))
        return false;
    directory->filed_at = now.st_mtim;
    return true;
}

// The folder's time tells nothing of a file that is still being written, nor of two that came in
// one tick of its clock: hence also now and then.
static void look_again(struct schema_directory *directory)
{
    int64_t now_us = clock_monotonic_us();
    struct err why;

    if (!is_changed(directory) && now_us < directory->look_at_us)
        return;
    read_folder(directory, true, &why);
    directory->look_at_us = now_us + LOOK_EVERY_US;
}

static int fetch_own(struct schema_directory *directory, const struct schema_name *name,
                     char **json, struct err *err)
{
    const struct known_schema *known;
    char text[SCHEMA_NAME_TEXT_SIZE];
    int rc = DONE;

    pthread_mutex_lock(&directory->lock);
    known = find(directory, name);
    if (!known) {
        look_again(directory);
        known = find(directory, name);
    }
    if (!known) {
        schema_name_text(name, text);
        rc = err_set(err, RETRY, "SCHEMA_UNKNOWN", "no schema of the folder has the %s%s", text,
                     name->kind == SCHEMA_BY_VERSION ? ": its file is called by that UUID, and "
                                                       ".avsc"
                                                     : "");
    }
    if (known && !(*json = strdup(known->json)))
        rc = err_no_memory(err);
    pthread_mutex_unlock(&directory->lock);
    return rc;
}

static int fetch(void *self, const struct schema_name *name, char **json, struct err *err)
{
    struct schema_directory *directory = self;
    char text[SCHEMA_NAME_TEXT_SIZE];

    if (name->kind == SCHEMA_BY_FINGERPRINT || name->kind == SCHEMA_BY_VERSION)
        return fetch_own(directory, name, json, err);
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

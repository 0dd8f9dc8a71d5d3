// SPDX-License-Identifier: Apache-2.0
// A folder of writers' schemas: what it knows, whom it asks otherwise, what it refuses to start
// with.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/schema_directory.h"
#include "wire/schemas.h"
#include "wire/wire_kit.h"

#define LATER RECORD("JobStarted", COMMON "," FIELD("later", "\"int\""))

struct folder {
    char path[64];
    char files[5][128];
    int file_count;
};

// The path of that name in the folder, removed at the end.
static const char *path_in(struct folder *folder, const char *name)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    return memcpy(folder->files[folder->file_count++], path, sizeof path);
}

static void write_file(struct folder *folder, const char *name, const char *text)
{
    FILE *file = fopen(path_in(folder, name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);

    assert_non_null(folder);
    snprintf(folder->path, sizeof folder->path, "/tmp/schema_directory_XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    struct folder *folder = *state;

    while (folder->file_count--)
        remove(folder->files[folder->file_count]);
    rmdir(folder->path);
    free(folder);
    return 0;
}

static void its_schemas_are_known_by_fingerprint(void **state)
{
    struct folder *folder = *state;
    struct schema_name name = {.kind = SCHEMA_BY_FINGERPRINT, .fingerprint = 0x7275d51a3f395c8f};
    struct schema_directory *directory;
    struct schema_source source;
    struct err err = {0};
    char *json = NULL;

    write_file(folder, "int.avsc", "{\"type\": \"int\"}\n");
    write_file(folder, "later.avsc", LATER);
    write_file(folder, "notes.txt", "no schema");
    directory = schema_directory_new(folder->path, REGISTRY_CONFLUENT, NULL, &err);
    assert_non_null(directory);
    source = schema_directory_source(directory);
    assert_int_equal(source.fetch(source.self, &name, &json, &err), 0);
    assert_string_equal(json, "{\"type\": \"int\"}\n");
    free(json);
    name.fingerprint++;
    assert_int_equal(source.fetch(source.self, &name, &json, &err), RETRY);
    assert_string_equal(err.reason, "SCHEMA_UNKNOWN");
    name = (struct schema_name){.kind = SCHEMA_BY_ID, .id = 1}; // and no registry ever answers
    assert_int_equal(source.fetch(source.self, &name, &json, &err), POISON);
    assert_string_equal(err.reason, "SCHEMA_UNKNOWN");
    assert_non_null(strstr(err.text, "id 1"));
    schema_directory_free(directory);
}

// Also one that a fingerprint could not tell from ours, since nobody asks for it by one.
static void a_file_called_by_a_uuid_is_that_version_of_glues(void **state)
{
    static const char *const millis = "{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}";
    static const char *const micros = "{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}";
    struct folder *folder = *state;
    struct schema_name name = {.kind = SCHEMA_BY_VERSION};
    struct schema_directory *directory;
    struct schema_source source;
    struct err err = {0};
    char *json = NULL;

    write_file(folder, "a1b2c3d4-0000-4000-8000-000000000002.avsc", millis);
    write_file(folder, "time.avsc", micros);
    assert_null(schema_directory_new(folder->path, REGISTRY_CONFLUENT, NULL, &err));
    directory = schema_directory_new(folder->path, REGISTRY_GLUE, NULL, &err);
    assert_non_null(directory);
    source = schema_directory_source(directory);
    memcpy(name.guid, "\xa1\xb2\xc3\xd4\0\0\x40\0\x80\0\0\0\0\0\0\2", 16);
    assert_int_equal(source.fetch(source.self, &name, &json, &err), DONE);
    assert_string_equal(json, millis);
    free(json);
    name.guid[15] = 3;
    assert_int_equal(source.fetch(source.self, &name, &json, &err), RETRY);
    assert_non_null(strstr(err.text, "a1b2c3d4-0000-4000-8000-000000000003"));
    name = (struct schema_name){.kind = SCHEMA_BY_FINGERPRINT,
                                .fingerprint = crc64_avro(SLICE_LITERAL("\"long\""))};
    assert_int_equal(source.fetch(source.self, &name, &json, &err), DONE);
    assert_string_equal(json, micros);
    free(json);
    schema_directory_free(directory);
}

// As libraries compute them that keep logical types.
static void its_schemas_are_known_by_each_form(void **state)
{
    static const char *const text = "{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}";
    const char *const forms[] = {"\"long\"", "{\"type\":\"long\"}",
                                 "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}"};
    struct folder *folder = *state;
    struct schema_directory *directory;
    struct err err = {0};

    write_file(folder, "time.avsc", text);
    directory = schema_directory_new(folder->path, REGISTRY_CONFLUENT, NULL, &err);
    assert_non_null(directory);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct schema_name name = {.kind = SCHEMA_BY_FINGERPRINT,
                                         .fingerprint = crc64_avro(slice_of(forms[i]))};
        struct schema_source source = schema_directory_source(directory);
        char *json = NULL;

        assert_int_equal(source.fetch(source.self, &name, &json, &err), DONE);
        assert_string_equal(json, text);
        free(json);
    }
    schema_directory_free(directory);
}

static void assert_confused(struct folder *folder, const char *with)
{
    struct err err = {0};

    assert_null(schema_directory_new(folder->path, REGISTRY_CONFLUENT, NULL, &err));
    assert_int_equal(err.disposition, FATAL);
    assert_non_null(strstr(err.text, with));
}

// A millisecond for a microsecond, say.
static void what_a_fingerprint_cannot_tell_apart_is_refused(void **state)
{
    const struct own_schema *started = own_schema_find("JobStarted");
    struct folder *folder = *state;
    char *millis = strndup(started->json.data, started->json.size);
    struct schema_directory *directory;
    struct err err;

    write_file(folder, "a.avsc", "{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}");
    write_file(folder, "same.avsc", "{\"logicalType\": \"timestamp-micros\", \"type\": \"long\"}");
    write_file(folder, "ours.avsc", millis);
    write_file(folder, "plain.avsc", "\"long\""); // taken for microseconds too
    directory = schema_directory_new(folder->path, REGISTRY_CONFLUENT, NULL, &err);
    assert_non_null(directory);
    schema_directory_free(directory);

    write_file(folder, "b.avsc", "{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}");
    assert_confused(folder, ".avsc, and other logical types");
    remove(folder->files[--folder->file_count]);
    memcpy(strstr(millis, "timestamp-micros"), "timestamp-millis", strlen("timestamp-millis"));
    write_file(folder, "millis.avsc", millis);
    assert_confused(folder, "jobtrail.v1.JobStarted");
    free(millis);
}

// Until it is there, and whatever else is.
static void a_file_that_comes_later_is_found(void **state)
{
    struct folder *folder = *state;
    struct schema_name name = {.kind = SCHEMA_BY_FINGERPRINT, .fingerprint = 0x7275d51a3f395c8f};
    struct schema_directory *directory;
    struct schema_source source;
    struct err err = {0};
    char *json = NULL;
    int rc = RETRY;

    directory = schema_directory_new(folder->path, REGISTRY_CONFLUENT, NULL, &err);
    assert_non_null(directory);
    source = schema_directory_source(directory);
    assert_int_equal(source.fetch(source.self, &name, &json, &err), RETRY);
    write_file(folder, "bad.avsc", "{\"type\": \"rec");
    write_file(folder, "int.avsc", "{\"type\": \"int\"}\n");
    for (int tries = 0; rc && tries < 100; tries++) {
        usleep(100 * 1000);
        rc = source.fetch(source.self, &name, &json, &err);
    }
    assert_int_equal(rc, DONE);
    assert_string_equal(json, "{\"type\": \"int\"}\n");
    free(json);
    schema_directory_free(directory);
}

// However short ago the folder was looked at in vain: what was sent again because the file is there
// now would be refused once more.
static void a_file_is_found_by_the_first_who_asks_after_it_came(void **state)
{
    struct folder *folder = *state;
    struct schema_name name = {.kind = SCHEMA_BY_FINGERPRINT, .fingerprint = 0x7275d51a3f395c8f};
    struct schema_directory *directory;
    struct schema_source source;
    struct err err = {0};
    char *json = NULL;

    directory = schema_directory_new(folder->path, REGISTRY_CONFLUENT, NULL, &err);
    assert_non_null(directory);
    source = schema_directory_source(directory);
    assert_int_equal(source.fetch(source.self, &name, &json, &err), RETRY);
    usleep(50 * 1000); // more than a tick of the folder's clock
    write_file(folder, "int.avsc", "{\"type\": \"int\"}\n");
    assert_int_equal(source.fetch(source.self, &name, &json, &err), DONE);
    free(json);
    schema_directory_free(directory);
}

static void what_it_does_not_have_is_asked_of_the_other(void **state)
{
    struct folder *folder = *state;
    struct schema_name name = {.kind = SCHEMA_BY_ID, .id = 5};
    struct one_schema one = {.json = "\"long\""};
    struct schema_source other = one_schema_source(&one), source;
    struct schema_directory *directory;
    struct err err = {0};
    char *json;

    directory = schema_directory_new(folder->path, REGISTRY_CONFLUENT, &other, &err);
    assert_non_null(directory);
    source = schema_directory_source(directory);
    assert_int_equal(source.fetch(source.self, &name, &json, &err), 0);
    assert_string_equal(json, "\"long\"");
    assert_int_equal(one.asked, 1);
    free(json);
    schema_directory_free(directory);
}

static void assert_no_start(const char *path)
{
    struct err err = {0};

    assert_null(schema_directory_new(path, REGISTRY_CONFLUENT, NULL, &err));
    assert_int_equal(err.disposition, FATAL);
    assert_string_equal(err.reason, "SCHEMA_DIRECTORY");
}

static void a_file_that_is_no_schema_stops_the_start(void **state)
{
    struct folder *folder = *state;

    write_file(folder, "bad.avsc", "{\"type\":\"record\"}");
    assert_no_start(folder->path);
}

static void a_file_too_large_stops_the_start(void **state)
{
    struct folder *folder = *state;
    char *text = malloc(SCHEMA_MAX_BYTES + 2);

    assert_non_null(text);
    memset(text, ' ', SCHEMA_MAX_BYTES + 1);
    text[SCHEMA_MAX_BYTES + 1] = '\0';
    write_file(folder, "large.avsc", text);
    free(text);
    assert_no_start(folder->path);
}

static void what_cannot_be_opened_stops_the_start(void **state)
{
    struct folder *folder = *state;
    char path[128];

    snprintf(path, sizeof path, "%s/none", folder->path);
    assert_no_start(path);
    assert_int_equal(symlink(path, path_in(folder, "dangling.avsc")), 0);
    assert_no_start(folder->path);
}

static void a_folder_in_its_place_stops_the_start(void **state)
{
    struct folder *folder = *state;

    assert_int_equal(mkdir(path_in(folder, "folder.avsc"), 0700), 0);
    assert_no_start(folder->path);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(its_schemas_are_known_by_fingerprint),
        TEST(a_file_called_by_a_uuid_is_that_version_of_glues),
        TEST(its_schemas_are_known_by_each_form),
        TEST(what_a_fingerprint_cannot_tell_apart_is_refused),
        TEST(a_file_that_comes_later_is_found),
        TEST(a_file_is_found_by_the_first_who_asks_after_it_came),
        TEST(what_it_does_not_have_is_asked_of_the_other),
        TEST(a_file_that_is_no_schema_stops_the_start),
        TEST(a_file_too_large_stops_the_start),
        TEST(what_cannot_be_opened_stops_the_start),
        TEST(a_folder_in_its_place_stops_the_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

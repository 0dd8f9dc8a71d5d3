// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // asprintf
// The table of docs/emitters.md, row by row: what each library's values begin with, as seen, and
// what is made of them. Where the bytes seen end within the event's id, the event is completed
// here; what is refused for how it begins stands as it is.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "support/between.h"
#include "wire/headers.h"
#include "wire/schema.h"
#include "wire/schemas.h"
#include "wire/wire_kit.h"

enum {
    PAGE_BYTES = 1 << 17,
    COLUMNS = 7,
    HEADERS_MAX = 4,
    HEX_BYTES_MAX = 64,
    LEAST_ROWS = 80,
    GLUE_BYTES = 18,
    PROGRESS = 40,
};

#define OCCURRED_US INT64_C(1795780801234567) // 2026-11-27T12:00:01.234567Z

enum column { CASE, LIBRARY, BEGINS, HEADERS, SCHEMA, BY_DEFAULT, WITH };

struct writer {
    struct slice columns[COLUMNS];
    char bytes[HEX_BYTES_MAX];
    struct record_header headers[HEADERS_MAX];
    char header_bytes[HEADERS_MAX][HEX_BYTES_MAX];
    size_t header_count;
    struct buffer value;
};

static struct slice column(const struct writer *row, enum column at)
{
    return row->columns[at];
}

static bool is(struct slice text, const char *word)
{
    return slice_equal(text, slice_of(word));
}

static struct slice trimmed(struct slice text, const char *marks)
{
    while (text.size && strchr(marks, text.data[0]))
        text = (struct slice){text.data + 1, text.size - 1};
    while (text.size && strchr(marks, text.data[text.size - 1]))
        text.size--;
    return text;
}

// What stands before the mark; *rest is what stands behind it.
static struct slice part(struct slice *rest, char mark)
{
    const char *end = rest->size ? memchr(rest->data, mark, rest->size) : NULL;
    struct slice before = *rest;

    before.size = end ? (size_t)(end - rest->data) : rest->size;
    *rest = end ? (struct slice){end + 1, rest->size - before.size - 1} : SLICE_NULL;
    return before;
}

static size_t read_hex(struct slice text, char out[HEX_BYTES_MAX])
{
    size_t size = text.size / 2;

    assert_true(size <= HEX_BYTES_MAX && text.size % 2 == 0);
    for (size_t i = 0; i < size; i++) {
        const char digits[] = {text.data[2 * i], text.data[2 * i + 1], '\0'};

        assert_true(isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1]));
        out[i] = (char)strtoul(digits, NULL, 16);
    }
    return size;
}

// `name=text`, or `name=0x...`, with blanks between them.
static void read_headers(struct writer *row)
{
    struct slice rest = column(row, HEADERS);

    while (rest.size) {
        struct record_header *header = &row->headers[row->header_count];
        struct slice value = part(&rest, ' ');

        assert_true(row->header_count < HEADERS_MAX);
        header->name = part(&value, '=');
        if (value.size > 2 && !memcmp(value.data, "0x", 2)) {
            char *bytes = row->header_bytes[row->header_count];

            value.size = read_hex((struct slice){value.data + 2, value.size - 2}, bytes);
            value.data = bytes;
        }
        header->value = value;
        row->header_count++;
    }
}

// Where an event's id begins, of which all that follows is a part; NULL: nowhere.
static const char *find_id(struct slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        size_t end = i + 1;

        while (end < bytes.size && bytes.data[end] && strchr("0123456789abcdef-", bytes.data[end]))
            end++;
        if (bytes.data[i] == 'H' && end == bytes.size) // 36, as Avro writes it
            return bytes.data + i;
    }
    return NULL;
}

static int64_t occurred_at(const struct writer *row)
{
    const struct slice schema = column(row, SCHEMA);

    if (is(schema, "ours, in ms") || is(schema, "timestamp-millis"))
        return OCCURRED_US / 1000;
    return is(schema, "ours, in ns") ? OCCURRED_US * 1000 : OCCURRED_US;
}

static void put_rest(struct writer *row, struct buffer *out, const char *id, size_t id_bytes)
{
    static const char other_id[] = "00000000-0000-4000-8000-000000000000";

    put_raw(out, id, id_bytes);
    buffer_append_text(out, other_id + id_bytes - 1);
    put_text(out, "acme");
    put_text(out, "CASE");
    put_long(out, 1);
    put_long(out, occurred_at(row));
    put_long(out, 0);
    put_long(out, PROGRESS);
    if (is(column(row, SCHEMA), "a referenced record more"))
        put_text(out, "more");
}

static void put_deflated(struct buffer *out, const struct buffer *avro)
{
    unsigned char deflated[1024];
    uLongf size = sizeof deflated;

    assert_int_equal(
        compress(deflated, &size, (const unsigned char *)avro->data, (uLong)avro->size), Z_OK);
    buffer_append(out, deflated, size);
}

static void make_value(struct writer *row)
{
    const struct slice bytes = {row->bytes, read_hex(column(row, BEGINS), row->bytes)};
    const char *id = find_id(bytes);
    struct buffer avro = {0};

    if (bytes.size > GLUE_BYTES && !memcmp(bytes.data, "\3\5", 2)) {
        put_rest(row, &avro, "H", 1);
        put_raw(&row->value, bytes.data, GLUE_BYTES);
        put_deflated(&row->value, &avro);
        buffer_free(&avro);
        return;
    }
    if (!id) {
        put_raw(&row->value, bytes.data, bytes.size);
        return;
    }
    put_raw(&row->value, bytes.data, (size_t)(id - bytes.data));
    put_rest(row, &row->value, id, (size_t)(bytes.data + bytes.size - id));
}

static char *own_text(const char *record)
{
    const struct own_schema *own = own_schema_find(record);
    char *text = strndup(own->json.data, own->json.size);

    assert_non_null(text);
    return text;
}

// Its own with another logical type of the time.
static char *timed_text(const char *type)
{
    static const char ours[] = "timestamp-micros";
    char *text = own_text("JobProgressed"), *at = strstr(text, ours), *out = NULL;

    assert_non_null(at);
    assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, type, at + strlen(ours)) > 0);
    free(text);
    return out;
}

// As a registry's references come (wire/schema.h). root is taken.
static char *dumped(json_t *root)
{
    char *text = json_dumps(root, JSON_COMPACT);

    assert_non_null(text);
    json_decref(root);
    return text;
}

static char *union_text(void)
{
    char *created = own_text("JobCreated"), *progressed = own_text("JobProgressed");
    char *text =
        dumped(json_pack("{s:[s,s],s:s}", SCHEMA_REFERENCES, created, progressed, SCHEMA_ITSELF,
                         "[\"jobtrail.v1.JobCreated\",\"jobtrail.v1.JobProgressed\"]"));

    free(progressed);
    free(created);
    return text;
}

static char *text_with_more(void)
{
    char *ours = own_text("JobProgressed"), *itself, *text;
    json_t *root = json_loads(ours, 0, NULL);

    json_array_append_new(json_object_get(root, "fields"),
                          json_pack("{s:s,s:s}", "name", "more", "type", "elsewhere.More"));
    itself = dumped(root);
    text = dumped(json_pack("{s:[s],s:s}", SCHEMA_REFERENCES,
                            "{\"type\":\"record\",\"name\":\"elsewhere.More\",\"fields\":[" FIELD(
                                "text", "\"string\"") "]}",
                            SCHEMA_ITSELF, itself));
    free(itself);
    free(ours);
    return text;
}

static int fetch(void *self, const struct schema_name *name, char **json, struct err *err)
{
    const struct slice schema = column(self, SCHEMA);

    *json = NULL;
    if (name->kind == SCHEMA_BY_FINGERPRINT) {
        char text[SCHEMA_NAME_TEXT_SIZE];

        schema_name_text(name, text);
        return schema_no_hope(err, "no schema of the folder has the %s", text);
    }
    if (is(schema, "timestamp-millis") || is(schema, "local-timestamp-micros")) {
        char *type = strndup(schema.data, schema.size);

        *json = timed_text(type);
        free(type);
    } else if (is(schema, "a union of referenced ones")) {
        *json = union_text();
    } else if (is(schema, "a referenced record more")) {
        *json = text_with_more();
    } else {
        *json = own_text("JobProgressed");
    }
    return *json ? DONE : err_no_memory(err);
}

// 0 or why not, with what a broker's clock has no part in.
static int read_event(struct writer *row, enum registry_kind kind, struct event *event,
                      struct err *err)
{
    const struct schema_source source = {row, fetch};
    const struct decoder_options options = {.schemas = &source, .registry = kind};
    const struct wire_record record = {buffer_slice(&row->value), row->headers, row->header_count};
    struct record_decoder *decoder = event_decoder_new(&options, err);
    enum decoded what;
    struct arena arena;
    int rc;

    assert_non_null(decoder);
    arena_init(&arena);
    rc = decode_event(decoder, &record, event, &what, err);
    if (!rc)
        rc = event_check(event, TIME_NONE, &arena, err);
    if (!rc) {
        assert_int_equal(event->kind, JOB_PROGRESSED);
        assert_true(is(event->organization_id, "acme") && is(event->job_id, "CASE"));
        assert_int_equal(event->progress, PROGRESS);
    }
    arena_reset(&arena);
    record_decoder_free(decoder);
    return rc;
}

static void assert_read(struct writer *row, enum registry_kind kind)
{
    const bool is_coarse = is(column(row, SCHEMA), "timestamp-millis");
    struct event event = {0};
    struct err err = {0};

    if (read_event(row, kind, &event, &err))
        fail_msg("%.*s: %s: %s", (int)column(row, CASE).size, column(row, CASE).data, err.reason,
                 err.text);
    assert_int_equal(event.occurred_at_us, is_coarse ? OCCURRED_US / 1000 * 1000 : OCCURRED_US);
}

// verdict: `REASON` words
static void assert_refused_as(struct writer *row, struct slice verdict)
{
    struct event event = {0};
    struct err err = {0};
    const struct slice name = column(row, CASE), words = trimmed(verdict, "`");
    struct slice rest = words;
    const struct slice reason = part(&rest, '`');
    char *text = strndup(trimmed(rest, " ").data, trimmed(rest, " ").size);

    assert_non_null(text);
    if (read_event(row, REGISTRY_CONFLUENT, &event, &err) != POISON)
        fail_msg("%.*s is read", (int)name.size, name.data);
    if (!is(reason, err.reason) || !*text || !strstr(err.text, text))
        fail_msg("%.*s: %s: %s, and not %.*s", (int)name.size, name.data, err.reason, err.text,
                 (int)verdict.size, verdict.data);
    free(text);
}

static void check_row(struct writer *row)
{
    const struct slice verdict = column(row, BY_DEFAULT), with = column(row, WITH);

    read_headers(row);
    make_value(row);
    if (is(verdict, "read") || is(verdict, "not told apart"))
        assert_read(row, REGISTRY_CONFLUENT);
    else
        assert_refused_as(row, verdict);
    if (is(with, "apicurio"))
        assert_read(row, REGISTRY_APICURIO);
    else if (is(with, "glue"))
        assert_read(row, REGISTRY_GLUE);
    else
        assert_true(!with.size);
    buffer_free(&row->value);
}

static char *read_page(void)
{
    FILE *file = fopen(EMITTERS_PAGE, "re");
    char *text = calloc(1, PAGE_BYTES);

    assert_non_null(file);
    assert_non_null(text);
    assert_between(fread(text, 1, PAGE_BYTES - 1, file), 1, PAGE_BYTES - 2);
    fclose(file);
    return text;
}

// Behind the line that begins the table; a row's cells stand between "| " and " |".
static void every_row_is_read_or_refused_as_the_page_says(void **state)
{
    char *page = read_page(), *at = strstr(page, "\n| case | library |");
    struct slice lines = slice_of(at ? at + 1 : "");
    size_t count = 0;

    (void)state;
    part(&lines, '\n');
    part(&lines, '\n');
    while (lines.size && lines.data[0] == '|') {
        struct slice line = part(&lines, '\n');
        struct writer row = {0};

        part(&line, '|');
        for (size_t i = 0; i < COLUMNS; i++) {
            row.columns[i] = trimmed(part(&line, '|'), i == BY_DEFAULT ? " " : " `");
            assert_true(i == COLUMNS - 1 || line.size);
        }
        check_row(&row);
        count++;
    }
    assert_true(count >= LEAST_ROWS);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_read_or_refused_as_the_page_says)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

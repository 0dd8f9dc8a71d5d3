// SPDX-License-Identifier: Apache-2.0
#include "cli/operate/letter_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/time_us.h"
#include "cli/operate/letter_choice.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/json_text.h"
#include "cli/terminal/output.h"
#include "json/parse.h"

static json_t *hex(struct slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *text = slice_is_null(bytes) ? NULL : malloc(2 * bytes.size + 1);
    json_t *value;

    if (slice_is_null(bytes))
        return json_null();
    for (size_t i = 0; text && i < bytes.size; i++) {
        text[2 * i] = digits[(unsigned char)bytes.data[i] >> 4];
        text[2 * i + 1] = digits[(unsigned char)bytes.data[i] & 15];
    }
    value = text ? json_stringn(text, 2 * bytes.size) : NULL;
    free(text);
    return value;
}

static json_t *moment(int64_t time_us)
{
    char text[TIME_TEXT_SIZE];

    if (time_us == TIME_NONE)
        return json_null();
    time_format_us(time_us, text);
    return json_string(text);
}

static json_t *headers_json(const struct kept_dead_letter *letter)
{
    json_t *list = json_array();

    for (size_t i = 0; i < letter->header_count; i++)
        if (json_array_append_new(list, json_pack("[oo]", hex(letter->headers[i].name),
                                                  hex(letter->headers[i].value))))
            list = (json_decref(list), NULL);
    return list;
}

// A new reference; NULL without memory.
static json_t *letter_json(const struct kept_dead_letter *letter)
{
    return json_pack("{s:s%, s:i, s:I, s:I, s:s%, s:s%, s:s%, s:o, s:o, s:o, s:o, s:o}", "topic",
                     letter->source.topic.data, letter->source.topic.size, "partition",
                     (int)letter->source.partition, "offset", (json_int_t)letter->offset,
                     "timestamp_ms", (json_int_t)letter->timestamp_ms, "stage", letter->stage.data,
                     letter->stage.size, "reason", letter->reason.data, letter->reason.size,
                     "message", letter->message.data, letter->message.size, "created_at",
                     moment(letter->created_at_us), "published_at", moment(letter->published_at_us),
                     "key_hex", hex(letter->key), "value_hex", hex(letter->value), "headers_hex",
                     headers_json(letter));
}

static void write_line(void *self, const struct kept_dead_letter *letter)
{
    bool *failed = self;
    json_t *json = letter_json(letter);
    char *text = json ? json_text(json, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;

    if (text)
        puts(text);
    else
        *failed = true;
    free(text);
    json_decref(json);
}

int letter_export(const struct invocation *invocation, struct err *err)
{
    bool found = true, failed = false;
    const struct dead_letters_visitor visitor = {&failed, write_line};
    struct letter_box *box;
    struct chosen_letters chosen;
    int64_t count;
    int rc = letter_choice_read(invocation->arguments, &chosen, err);

    if (!rc)
        rc = letter_box_open(invocation->config->postgres_conninfo, &chosen.choice, &box, &count,
                             err);
    if (rc)
        return rc;
    while (!rc && found && !ferror(stdout)) {
        rc = letter_box_next(box, &visitor, &found, err);
        if (!rc && failed)
            rc = err_no_memory(err);
    }
    letter_box_close(box);
    return rc ? rc : letter_choice_check(&chosen.choice, count, err);
}

// A letter that is read: what it borrows from is the line's JSON, and the arena.
struct read_letter {
    struct dead_letter letter;
    int64_t created_at_us, published_at_us;
};

static int value_of(char digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                          : -1;
}

// Null is absent. False for what is neither null nor an even number of digits, or without memory.
static bool read_hex(const json_t *value, struct arena *arena, struct slice *out)
{
    const char *text = json_string_value(value);
    size_t size = json_string_length(value) / 2;
    char *bytes;

    *out = SLICE_NULL;
    if (json_is_null(value))
        return true;
    if (!text || json_string_length(value) % 2 || !(bytes = arena_alloc(arena, size + 1)))
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = value_of(text[2 * i]), low = value_of(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i] = (char)(high << 4 | low);
    }
    *out = (struct slice){bytes, size};
    return true;
}

static bool read_headers(const json_t *list, struct arena *arena, struct dead_letter *letter)
{
    size_t count = json_array_size(list);
    struct record_header *headers = arena_alloc(arena, (count + 1) * sizeof *headers);

    if (!headers || !json_is_array(list))
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(list, i);

        if (!read_hex(json_array_get(pair, 0), arena, &headers[i].name) ||
            !read_hex(json_array_get(pair, 1), arena, &headers[i].value) ||
            slice_is_null(headers[i].name))
            return false;
    }
    letter->headers = headers;
    letter->header_count = count;
    return true;
}

static bool read_moment(const json_t *value, bool may_be_null, int64_t *out)
{
    *out = TIME_NONE;
    if (json_is_null(value))
        return may_be_null;
    return json_is_string(value) && time_parse_us(slice_of(json_string_value(value)), out);
}

static bool read_letter(const json_t *json, struct arena *arena, struct read_letter *out)
{
    const json_t *partition = json_object_get(json, "partition");
    const json_t *offset = json_object_get(json, "offset");
    const json_t *timestamp = json_object_get(json, "timestamp_ms");
    const char *topic = json_string_value(json_object_get(json, "topic"));
    struct dead_letter *letter = &out->letter;

    *letter = (struct dead_letter){
        .source = {slice_of(topic), (int32_t)json_integer_value(partition)},
        .offset = json_integer_value(offset),
        .timestamp_ms = json_integer_value(timestamp),
        .stage = json_string_value(json_object_get(json, "stage")),
        .reason = json_string_value(json_object_get(json, "reason")),
        .message = slice_of(json_string_value(json_object_get(json, "message"))),
    };
    return topic && letter->stage && letter->reason && letter->message.data &&
           json_is_integer(partition) && json_integer_value(partition) >= 0 &&
           json_integer_value(partition) <= INT32_MAX && json_is_integer(offset) &&
           json_is_integer(timestamp) &&
           read_hex(json_object_get(json, "key_hex"), arena, &letter->key) &&
           read_hex(json_object_get(json, "value_hex"), arena, &letter->value) &&
           read_headers(json_object_get(json, "headers_hex"), arena, letter) &&
           read_moment(json_object_get(json, "created_at"), false, &out->created_at_us) &&
           read_moment(json_object_get(json, "published_at"), true, &out->published_at_us);
}

static int import_line(struct letter_box *box, struct slice line, size_t number, bool *added,
                       struct err *err)
{
    json_error_t error;
    bool no_memory = false;
    json_t *json = json_parse(line, &error, &no_memory);
    struct read_letter letter;
    struct arena arena;
    int rc;

    arena_init(&arena);
    if (no_memory)
        rc = err_no_memory(err);
    else if (!json || !read_letter(json, &arena, &letter))
        rc =
            err_set(err, FATAL, "NO_LETTER",
                    "line %zu is no dead letter as export writes it; those before it were imported",
                    number);
    else
        rc = letter_box_add(box, &letter.letter, letter.created_at_us, letter.published_at_us,
                            added, err);
    arena_reset(&arena);
    json_decref(json);
    return rc;
}

static int import_file(struct letter_box *box, FILE *file, bool is_json, struct err *err)
{
    size_t room = 0, number = 0, count = 0;
    char *line = NULL;
    ssize_t size;
    int rc = DONE;

    interrupt_watch();
    while (!rc && !interrupt_seen() && (size = getline(&line, &room, file)) >= 0) {
        bool added = false;

        rc = import_line(box, (struct slice){line, (size_t)size}, ++number, &added, err);
        count += added;
    }
    if (!rc && ferror(file))
        rc = err_set(err, FATAL, "UNREADABLE", "the file cannot be read to its end");
    if (!rc && interrupt_seen())
        rc = err_set(err, RETRY, "INTERRUPTED", "interrupted: run it again for the others");
    printf(is_json ? "[{\"imported\":%zu,\"were_there\":%zu}]\n" : "%zu imported, %zu were there\n",
           count, number - count - (rc ? 1 : 0));
    free(line);
    return rc;
}

int letter_import(const struct invocation *invocation, struct err *err)
{
    const char *path = invocation->arguments->positional[1];
    const struct letter_choice any = {0};
    struct letter_box *box;
    int64_t count;
    bool is_json;
    int rc = output_read_format(invocation->arguments, &is_json, err);
    FILE *file = rc ? NULL : fopen(path, "re");

    if (rc)
        return rc;
    if (!file)
        return err_set(err, FATAL, "UNREADABLE", "%.200s: %s", path, strerror(errno));
    rc = letter_box_open(invocation->config->postgres_conninfo, &any, &box, &count, err);
    if (!rc) {
        rc = import_file(box, file, is_json, err);
        letter_box_close(box);
    }
    fclose(file);
    return rc;
}

// SPDX-License-Identifier: Apache-2.0
// A line is put together on the stack, so that logging needs no memory and no lock; write(2) keeps
// lines apart. A field that has no room left is dropped whole, so that a line stays well-formed.
#include "base/log.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

enum {
    IDENTITY_SIZE = 64,
    VALUE_MAX_BYTES = 2048,
    LINE_BYTES = 32 * 1024,
    LINE_END_BYTES = 2, // what closes a line: } and a newline
};

// Written once by log_setup, before there are threads; only read afterwards.
static struct {
    enum log_format format;
    enum log_level least;
    char identity[IDENTITY_SIZE];
} sink = {LOG_LOGFMT, LOG_INFO, "jobtrail"};

static _Thread_local const struct log_target *diverted;

struct line {
    char bytes[LINE_BYTES];
    size_t size;
    bool full; // something did not fit
};

void log_setup(enum log_format format, enum log_level least, const char *identity)
{
    sink.format = format;
    sink.least = least;
    snprintf(sink.identity, sizeof sink.identity, "%s", identity);
}

void log_divert(const struct log_target *target)
{
    diverted = target;
}

const struct log_target *log_diverted(void)
{
    return diverted;
}

static void put(struct line *line, const char *bytes, size_t size)
{
    if (line->full || size > LINE_BYTES - LINE_END_BYTES - line->size) {
        line->full = true;
        return;
    }
    memcpy(line->bytes + line->size, bytes, size);
    line->size += size;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

// The length of the well-formed character at the beginning of text; 0: there is none.
static size_t character_length(struct slice text)
{
    for (size_t length = 1; length <= 4 && length <= text.size; length++)
        if (utf8_is_text((struct slice){text.data, length}))
            return length;
    return 0;
}

static bool is_control(const char *character, size_t length)
{
    unsigned char first = (unsigned char)character[0];

    // U+0080 to U+009F steer a terminal as well as the ASCII ones do.
    return first < 0x20 || first == 0x7f ||
           (length == 2 && first == 0xc2 && (unsigned char)character[1] < 0xa0);
}

static void put_escaped(struct line *line, const char *character, size_t length)
{
    char escape[8];

    switch (character[0]) {
    case '"':
        put_text(line, "\\\"");
        return;
    case '\\':
        put_text(line, "\\\\");
        return;
    case '\n':
        put_text(line, "\\n");
        return;
    case '\r':
        put_text(line, "\\r");
        return;
    case '\t':
        put_text(line, "\\t");
        return;
    default:
        if (!is_control(character, length)) {
            put(line, character, length);
            return;
        }
        snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)character[length - 1]);
        put_text(line, escape);
    }
}

static void put_quoted(struct line *line, struct slice text)
{
    put(line, "\"", 1);
    while (text.size) {
        size_t length = character_length(text);

        if (length)
            put_escaped(line, text.data, length);
        else if (!text.data[0])
            put_text(line, "\\u0000");
        else
            put_text(line, "\xef\xbf\xbd"); // U+FFFD
        if (!length)
            length = 1;
        text = (struct slice){text.data + length, text.size - length};
    }
    put(line, "\"", 1);
}

static bool is_bare(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        signed char byte = (signed char)text.data[i];

        if (byte <= ' ' || byte == '=' || byte == '"' || byte == '\\' || byte == 0x7f)
            return false; // what is not ASCII is negative, and quoted as well
    }
    return text.size > 0;
}

static struct slice shortened(struct slice text)
{
    size_t kept = utf8_cut(text, VALUE_MAX_BYTES);

    if (text.size > VALUE_MAX_BYTES && kept + 4 < VALUE_MAX_BYTES)
        kept = VALUE_MAX_BYTES; // no UTF-8 to be cut between characters
    return (struct slice){text.data, kept};
}

static void put_name(struct line *line, const char *name)
{
    bool first = line->size == 0;

    if (sink.format == LOG_JSON) {
        put_text(line, first ? "{\"" : ",\"");
        put_text(line, name);
        put_text(line, "\":");
    } else {
        put_text(line, first ? "" : " ");
        put_text(line, name);
        put_text(line, "=");
    }
}

static void put_text_field(struct line *line, const char *name, struct slice text)
{
    if (slice_is_null(text))
        return;
    text = shortened(text);
    put_name(line, name);
    if (sink.format == LOG_LOGFMT && is_bare(text))
        put(line, text.data, text.size);
    else
        put_quoted(line, text);
}

static void put_number_field(struct line *line, const struct log_field *field)
{
    char number[64];

    if (field->kind == LOG_FIELD_INTEGER)
        snprintf(number, sizeof number, "%lld", (long long)field->integer);
    else if (isfinite(field->seconds))
        snprintf(number, sizeof number, "%.6f", field->seconds);
    else
        snprintf(number, sizeof number, "null");
    put_name(line, field->name);
    put_text(line, number);
}

static void put_field(struct line *line, const struct log_field *field)
{
    size_t before = line->size;

    if (field->kind == LOG_FIELD_TEXT)
        put_text_field(line, field->name, field->text);
    else
        put_number_field(line, field);
    if (line->full)
        line->size = before;
}

static void write_line(const char *bytes, size_t size)
{
    while (size) {
        ssize_t written = write(STDERR_FILENO, bytes, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        bytes += written;
        size -= (size_t)written;
    }
}

static void emit_line(enum log_level level, const char *who, const char *message,
                      const struct log_field *fields)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    struct line line;
    char now[TIME_TEXT_SIZE];

    line.size = 0;
    line.full = false;
    time_format_us(clock_now_us(), now);
    put_text_field(&line, "ts", slice_of(now));
    put_text_field(&line, "level", slice_of(levels[level]));
    put_text_field(&line, "identity", slice_of(sink.identity));
    put_text_field(&line, "who", slice_of(who));
    put_text_field(&line, "msg", slice_of(message));
    for (; fields->kind != LOG_FIELD_END && !line.full; fields++)
        put_field(&line, fields);
    if (sink.format == LOG_JSON)
        line.bytes[line.size++] = '}';
    line.bytes[line.size++] = '\n';
    write_line(line.bytes, line.size);
}

void log_emit(enum log_level level, const char *who, const char *message,
              const struct log_field *fields)
{
    if (diverted && diverted->write)
        diverted->write(diverted->self, level, who, message, fields);
    else if (!diverted && level >= sink.least)
        emit_line(level, who, message, fields);
}

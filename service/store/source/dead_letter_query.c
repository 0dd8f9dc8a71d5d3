// SPDX-License-Identifier: Apache-2.0
#include "store/source/dead_letter_query.h"

#include "base/utf8.h"
#include "core/secret_header.h"
#include "store/connection/arrays.h"

// The text about a broken record may quote its broken bytes, or be cut inside a character. It must
// not make the dead letter itself undeliverable.
static void add_text(struct parameters *parameters, struct slice text)
{
    struct buffer *out;

    if (slice_is_null(text))
        text = SLICE_LITERAL("");
    if (utf8_is_text(text)) {
        parameters_add_bytes(parameters, text);
        return;
    }
    out = parameters_next(parameters);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        buffer_append(out, byte && byte < 0x80 ? &text.data[i] : "?", 1);
    }
}

// Whoever gathered the letter left secrets out; this is where it would be too late to notice.
static size_t count_public(const struct dead_letter *letter)
{
    size_t count = 0;

    for (size_t i = 0; i < letter->header_count; i++)
        count += !header_goes_no_further(letter->headers[i].name, letter->headers[i].value);
    return count;
}

static void add_headers(struct parameters *parameters, const struct dead_letter *letter,
                        size_t member)
{
    struct buffer *out = parameters_next(parameters);

    array_begin(out, ARRAY_BYTEA, count_public(letter));
    for (size_t i = 0; i < letter->header_count; i++)
        if (!header_goes_no_further(letter->headers[i].name, letter->headers[i].value))
            array_bytes(out, *(const struct slice *)((const char *)&letter->headers[i] + member));
}

void dead_letter_parameters(const struct dead_letter *letter, struct parameters *out)
{
    parameters_add_bytes(out, letter->source.topic);
    parameters_add_int4(out, letter->source.partition);
    parameters_add_int8(out, letter->offset);
    parameters_add_int8(out, letter->timestamp_ms);
    parameters_add_bytes(out, letter->key);
    parameters_add_bytes(out, letter->value);
    add_headers(out, letter, offsetof(struct record_header, name));
    add_headers(out, letter, offsetof(struct record_header, value));
    add_text(out, slice_of(letter->stage));
    add_text(out, slice_of(letter->reason));
    add_text(out, letter->message);
}

bool dead_letter_query(const struct dead_letter *letter, struct exchange *exchange)
{
    struct parameters *out = exchange_add(exchange, "dead_letter_add");

    if (!out)
        return false;
    dead_letter_parameters(letter, out);
    return !out->bytes.failed;
}

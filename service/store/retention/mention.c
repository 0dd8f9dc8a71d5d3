// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // memmem
#include "store/retention/mention.h"

#include <string.h>

#include "core/row.h"

enum { VARINT_MAX = 3, UNIT_DIGITS = 4, CHARACTER_MAX = 4 };

static bool mentions_in_avro(struct slice bytes, struct slice id)
{
    char room[VARINT_MAX + ID_MAX_BYTES];
    size_t length = id.size << 1, at = 0; // zigzag, seven bits a byte

    for (; length > 0x7f; length >>= 7)
        room[at++] = (char)(0x80 | (length & 0x7f));
    room[at++] = (char)length;
    memcpy(room + at, id.data, id.size);
    return memmem(bytes.data, bytes.size, room, at + id.size) != NULL;
}

// --- JSON ---

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The code unit behind "\u", -1: there is none.
static int unit_of(struct slice bytes, size_t at)
{
    int unit = 0;

    if (bytes.size < at + 2 + UNIT_DIGITS || bytes.data[at] != '\\' || bytes.data[at + 1] != 'u')
        return -1;
    for (size_t i = at + 2; i < at + 2 + UNIT_DIGITS; i++) {
        const int digit = digit_of(bytes.data[i]);

        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

// A code point below U+110000; half of a pair is written as if it were one.
static size_t encode(uint32_t code, char out[CHARACTER_MAX])
{
    const size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = size; --i > 0; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(marks[size] | code);
    return size;
}

// Writes the character that "\u" names at *at, and moves behind it. Its bytes; 0: it names none.
static size_t take_unit(struct slice bytes, size_t *at, char out[CHARACTER_MAX])
{
    const int first = unit_of(bytes, *at);
    uint32_t code = (uint32_t)first;

    if (first < 0)
        return 0;
    *at += 2 + UNIT_DIGITS;
    if (first >= 0xd800 && first <= 0xdbff) {
        const int second = unit_of(bytes, *at);

        if (second < 0xdc00 || second > 0xdfff)
            return 0;
        *at += 2 + UNIT_DIGITS;
        code = 0x10000 + ((code & 0x3ff) << 10 | (uint32_t)(second & 0x3ff));
    }
    return encode(code, out);
}

// The same of any character at *at, which is before the end.
static size_t take_character(struct slice bytes, size_t *at, char out[CHARACTER_MAX])
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *letter;

    if (bytes.data[*at] != '\\') {
        out[0] = bytes.data[(*at)++];
        return 1;
    }
    if (*at + 1 == bytes.size)
        return 0;
    if (bytes.data[*at + 1] == 'u')
        return take_unit(bytes, at, out);
    out[0] = bytes.data[*at + 1];
    letter = memchr(letters, out[0], sizeof letters - 1);
    if (letter)
        out[0] = meant[letter - letters];
    *at += 2;
    return 1;
}

// A quote; one within a text of JSON has backslashes before it.
static bool ends(struct slice bytes, size_t at)
{
    while (at < bytes.size && bytes.data[at] == '\\')
        at++;
    return at < bytes.size && bytes.data[at] == '"';
}

static bool is_text(struct slice bytes, size_t at, struct slice id)
{
    size_t done = 0;

    while (done < id.size && at < bytes.size) {
        char character[CHARACTER_MAX];
        const size_t size = take_character(bytes, &at, character);

        if (!size || size > id.size - done || memcmp(id.data + done, character, size) != 0)
            return false;
        done += size;
    }
    return done == id.size && ends(bytes, at);
}

static bool mentions_in_json(struct slice bytes, struct slice id)
{
    const char *quote = memchr(bytes.data, '"', bytes.size);

    while (quote) {
        const size_t at = (size_t)(quote - bytes.data) + 1;

        if (is_text(bytes, at, id))
            return true;
        quote = memchr(bytes.data + at, '"', bytes.size - at);
    }
    return false;
}

bool mentions(struct slice bytes, struct slice id)
{
    return bytes.size && (mentions_in_avro(bytes, id) || mentions_in_json(bytes, id));
}

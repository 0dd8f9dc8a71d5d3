// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/terminal_text.h"

static bool is_between(const unsigned char *bytes, unsigned char least, unsigned char most)
{
    return bytes[2] >= least && bytes[2] <= most;
}

// How many bytes at the beginning of text are one character that steers; 0: it begins with another.
static size_t steering_size(struct slice text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;

    if (bytes[0] < ' ' || bytes[0] == 0x7f)
        return 1;
    if (text.size >= 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0)
        return 2; // U+0080 to U+009F
    if (text.size >= 2 && bytes[0] == 0xd8 && bytes[1] == 0x9c)
        return 2; // U+061C
    if (text.size < 3 || bytes[0] != 0xe2)
        return 0;
    if (bytes[1] == 0x80 && (is_between(bytes, 0x8e, 0x8f) || is_between(bytes, 0xa8, 0xae)))
        return 3; // U+200E, U+200F, U+2028 to U+202E
    if (bytes[1] == 0x81 && is_between(bytes, 0xa6, 0xa9))
        return 3; // U+2066 to U+2069
    return 0;
}

void terminal_text_append(struct buffer *out, struct slice text)
{
    while (text.size) {
        size_t size = steering_size(text);

        if (size)
            buffer_append_text(out, " ");
        else
            buffer_append(out, text.data, size = 1);
        text = (struct slice){text.data + size, text.size - size};
    }
}

size_t terminal_text_character(struct slice text)
{
    size_t size = text.size > 0;

    while (size && size < 4 && size < text.size && ((unsigned char)text.data[size] & 0xc0) == 0x80)
        size++;
    return size;
}

// The code point of a character that is UTF-8, and some number of one that is not.
static uint32_t code_point(const char *bytes, size_t size)
{
    uint32_t first = (unsigned char)bytes[0];
    uint32_t code = size == 1 ? first : first & (0xffU >> (size + 1));

    for (size_t i = 1; i < size; i++)
        code = code << 6 | ((unsigned char)bytes[i] & 0x3f);
    return code;
}

struct range {
    uint32_t least, most;
};

static bool is_in(uint32_t code, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].least && code <= ranges[i].most)
            return true;
    return false;
}

// Unicode's East Asian Width W and F, and its marks, in the blocks that terminals agree upon.
static size_t columns_of(const char *bytes, size_t size)
{
    static const struct range wide[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
        {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
    };
    static const struct range marks[] = {
        {0x0300, 0x036f}, {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};
    uint32_t code = code_point(bytes, size);

    if (code < marks[0].least)
        return 1;
    if (is_in(code, marks, sizeof marks / sizeof *marks))
        return 0;
    return is_in(code, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

size_t terminal_text_prefix(struct slice text, size_t columns)
{
    size_t at = 0, used = 0;

    while (at < text.size) {
        size_t size = terminal_text_character((struct slice){text.data + at, text.size - at});

        used += columns_of(text.data + at, size);
        if (used > columns)
            break;
        at += size;
    }
    return at;
}

size_t terminal_text_width(struct slice text)
{
    size_t width = 0;

    for (size_t at = 0; at < text.size;) {
        size_t size = terminal_text_character((struct slice){text.data + at, text.size - at});

        width += columns_of(text.data + at, size);
        at += size;
    }
    return width;
}

void terminal_text_copy(char *out, size_t size, struct slice text)
{
    size_t used = 0;

    while (text.size) {
        size_t steering = steering_size(text), next = 1;

        while (!steering && next < text.size && ((unsigned char)text.data[next] & 0xc0) == 0x80)
            next++;
        if (used + (steering ? 1 : next) >= size)
            break;
        memcpy(out + used, steering ? " " : text.data, steering ? 1 : next);
        used += steering ? 1 : next;
        next = steering ? steering : next;
        text = (struct slice){text.data + next, text.size - next};
    }
    out[used] = '\0';
}

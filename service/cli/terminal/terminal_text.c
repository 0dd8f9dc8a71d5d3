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

size_t terminal_text_width(struct slice text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return count;
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

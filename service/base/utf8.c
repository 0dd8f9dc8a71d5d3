// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <stdint.h>

static const struct slice CUT_MARK = SLICE_LITERAL("…");

static bool is_ascii_word(uint64_t word)
{
    // No byte has its high bit, and none gets it by losing one: none is zero.
    return !((word | (word - 0x0101010101010101u)) & 0x8080808080808080u);
}

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

// The length of the character that begins at p, or 0 if there is no well-formed one
// (RFC 3629 section 4).
static size_t character_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return p[0] ? 1 : 0;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        return left >= 2 && is_continuation(p[1]) ? 2 : 0;
    if ((p[0] & 0xf0) == 0xe0) {
        unsigned char least = p[0] == 0xe0 ? 0xa0 : 0x80, most = p[0] == 0xed ? 0x9f : 0xbf;

        return left >= 3 && p[1] >= least && p[1] <= most && is_continuation(p[2]) ? 3 : 0;
    }
    if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        unsigned char least = p[0] == 0xf0 ? 0x90 : 0x80, most = p[0] == 0xf4 ? 0x8f : 0xbf;

        return left >= 4 && p[1] >= least && p[1] <= most && is_continuation(p[2]) &&
                       is_continuation(p[3])
                   ? 4
                   : 0;
    }
    return 0;
}

bool utf8_is_text(struct slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    size_t at = 0;

    while (at < text.size) {
        size_t left = text.size - at, length;
        uint64_t word;

        if (left >= sizeof word) {
            memcpy(&word, p + at, sizeof word);
            if (is_ascii_word(word)) {
                at += sizeof word;
                continue;
            }
        } else if (text.size >= sizeof word) { // the last bytes, with some before them once more
            memcpy(&word, p + text.size - sizeof word, sizeof word);
            if (is_ascii_word(word))
                return true;
        }
        length = character_length(p + at, left);
        if (!length)
            return false;
        at += length;
    }
    return true;
}

size_t utf8_cut(struct slice text, size_t limit)
{
    if (text.size <= limit)
        return text.size;
    while (limit > 0 && is_continuation((unsigned char)text.data[limit]))
        limit--;
    return limit;
}

bool utf8_shorten(struct slice *text, size_t most_bytes, struct arena *arena)
{
    size_t kept;
    char *copy;

    if (text->size <= most_bytes)
        return true;
    kept = utf8_cut(*text, most_bytes - CUT_MARK.size);
    copy = arena_alloc(arena, kept + CUT_MARK.size);
    if (!copy)
        return false;
    memcpy(copy, text->data, kept);
    memcpy(copy + kept, CUT_MARK.data, CUT_MARK.size);
    *text = (struct slice){copy, kept + CUT_MARK.size};
    return true;
}

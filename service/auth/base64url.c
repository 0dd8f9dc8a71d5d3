// SPDX-License-Identifier: Apache-2.0
#include "auth/base64url.h"

enum { BITS_A_CHARACTER = 6, BITS_A_BYTE = 8, CHARACTERS = 1 << BITS_A_CHARACTER };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_encode(struct slice bytes, struct buffer *out)
{
    uint32_t bits = 0;
    unsigned int have = 0;

    for (size_t i = 0; i < bytes.size; i++) {
        bits = bits << BITS_A_BYTE | (unsigned char)bytes.data[i];
        have += BITS_A_BYTE;
        for (; have >= BITS_A_CHARACTER; have -= BITS_A_CHARACTER)
            buffer_append(out, &alphabet[(bits >> (have - BITS_A_CHARACTER)) % CHARACTERS], 1);
    }
    if (have)
        buffer_append(out, &alphabet[(bits << (BITS_A_CHARACTER - have)) % CHARACTERS], 1);
}

static int value_of(char character)
{
    const char *found = memchr(alphabet, character, CHARACTERS);

    return found ? (int)(found - alphabet) : -1;
}

bool base64url_decode(struct slice text, struct buffer *out)
{
    uint32_t bits = 0;
    unsigned int have = 0;

    if (text.size % 4 == 1)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        int value = value_of(text.data[i]);
        char byte;

        if (value < 0)
            return false;
        bits = bits << BITS_A_CHARACTER | (uint32_t)value;
        have += BITS_A_CHARACTER;
        if (have < BITS_A_BYTE)
            continue;
        have -= BITS_A_BYTE;
        byte = (char)(bits >> have);
        bits &= (1u << have) - 1;
        buffer_append(out, &byte, 1);
    }
    return bits == 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "auth/base64url.h"

enum { BITS_A_CHARACTER = 6, BITS_A_BYTE = 8 };

static int value_of(char character)
{
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 26;
    if (character >= '0' && character <= '9')
        return character - '0' + 52;
    if (character == '-')
        return 62;
    return character == '_' ? 63 : -1;
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

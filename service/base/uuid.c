// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.h"

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static bool is_dash_place(size_t place)
{
    return place == 8 || place == 13 || place == 18 || place == 23;
}

bool uuid_parse(struct slice text, struct uuid *out)
{
    size_t place = 0;

    if (text.size != UUID_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        int high, low;

        if (is_dash_place(place) && text.data[place++] != '-')
            return false;
        high = digit_value(text.data[place++]);
        low = digit_value(text.data[place++]);
        if (high < 0 || low < 0)
            return false;
        out->bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    size_t place = 0;

    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (is_dash_place(place))
            out[place++] = '-';
        out[place++] = digits[uuid->bytes[i] >> 4];
        out[place++] = digits[uuid->bytes[i] & 15];
    }
    out[place] = '\0';
}

struct uuid uuid_from_random(const unsigned char random[UUID_BYTES])
{
    struct uuid uuid;

    memcpy(uuid.bytes, random, UUID_BYTES);
    uuid.bytes[6] = (unsigned char)((uuid.bytes[6] & 0x0f) | 0x40);
    uuid.bytes[8] = (unsigned char)((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

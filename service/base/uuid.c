// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { NO_DIGIT = 0x80 };

// What each character is worth as a digit; each event has one UUID to read at least.
static unsigned digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return (unsigned)(digit - '0');
    digit |= 0x20; // lower case
    return digit >= 'a' && digit <= 'f' ? (unsigned)(digit - 'a' + 10) : NO_DIGIT;
}

bool uuid_parse(struct slice text, struct uuid *out)
{
    static const unsigned char places[UUID_BYTES] = {0,  2,  4,  6,  9,  11, 14, 16,
                                                     19, 21, 24, 26, 28, 30, 32, 34};
    unsigned bad = 0;

    if (text.size != UUID_TEXT_SIZE - 1 || text.data[8] != '-' || text.data[13] != '-' ||
        text.data[18] != '-' || text.data[23] != '-')
        return false;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        unsigned high = digit_value(text.data[places[i]]);
        unsigned low = digit_value(text.data[places[i] + 1]);

        bad |= high | low;
        out->bytes[i] = (unsigned char)(high << 4 | low);
    }
    return !(bad & NO_DIGIT);
}

static bool is_dash_place(size_t place)
{
    return place == 8 || place == 13 || place == 18 || place == 23;
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

static struct uuid of_version(unsigned version, const unsigned char bytes[UUID_BYTES])
{
    struct uuid uuid;

    memcpy(uuid.bytes, bytes, UUID_BYTES);
    uuid.bytes[6] = (unsigned char)((uuid.bytes[6] & 0x0f) | version << 4);
    uuid.bytes[8] = (unsigned char)((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

struct uuid uuid_from_random(const unsigned char random[UUID_BYTES])
{
    return of_version(4, random);
}

bool uuid_from_name(const struct uuid *space, struct slice name, struct uuid *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t digest_size = 0, size = UUID_BYTES + name.size;
    char *both = malloc(size);
    bool done;

    if (!both)
        return false;
    memcpy(both, space->bytes, UUID_BYTES);
    if (name.size)
        memcpy(both + UUID_BYTES, name.data, name.size);
    done = EVP_Q_digest(NULL, "SHA1", NULL, both, size, digest, &digest_size) &&
           digest_size >= UUID_BYTES;
    free(both);
    if (done)
        *out = of_version(5, digest);
    return done;
}

// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.h"

#include <openssl/evp.h>
#include <stdlib.h>

// What each character is worth as a digit, IS_DIGIT added; each event has one UUID to read at
// least.
enum { IS_DIGIT = 0x10 };

static const unsigned char digit_values[256] = {
    ['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14, ['5'] = 0x15,
    ['6'] = 0x16, ['7'] = 0x17, ['8'] = 0x18, ['9'] = 0x19, ['a'] = 0x1a, ['b'] = 0x1b,
    ['c'] = 0x1c, ['d'] = 0x1d, ['e'] = 0x1e, ['f'] = 0x1f, ['A'] = 0x1a, ['B'] = 0x1b,
    ['C'] = 0x1c, ['D'] = 0x1d, ['E'] = 0x1e, ['F'] = 0x1f,
};

bool uuid_parse(struct slice text, struct uuid *out)
{
    static const unsigned char places[UUID_BYTES] = {0,  2,  4,  6,  9,  11, 14, 16,
                                                     19, 21, 24, 26, 28, 30, 32, 34};
    const unsigned char *digits = (const unsigned char *)text.data;
    unsigned all = IS_DIGIT;

    if (text.size != UUID_TEXT_SIZE - 1 || text.data[8] != '-' || text.data[13] != '-' ||
        text.data[18] != '-' || text.data[23] != '-')
        return false;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        unsigned high = digit_values[digits[places[i]]];
        unsigned low = digit_values[digits[places[i] + 1]];

        all &= high & low;
        out->bytes[i] = (unsigned char)(high << 4 | (low & 0xf));
    }
    return all;
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

bool digest_of(const struct slice *parts, size_t count, unsigned char out[DIGEST_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);

    for (size_t i = 0; done && i < count; i++)
        done = EVP_DigestUpdate(context, parts[i].size ? parts[i].data : "", parts[i].size) &&
               EVP_DigestUpdate(context, "", 1);
    done = done && EVP_DigestFinal_ex(context, out, NULL);
    EVP_MD_CTX_free(context);
    return done;
}

// SPDX-License-Identifier: Apache-2.0
#include "http/entity_tag.h"

#include <openssl/sha.h>
#include <stdio.h>

enum { TAG_BYTES = 16 };

void entity_tag(struct slice body, char out[ENTITY_TAG_SIZE])
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    char *at = out;

    SHA256((const unsigned char *)(body.data ? body.data : ""), body.size, hash);
    at += sprintf(at, "W/\"");
    for (size_t i = 0; i < TAG_BYTES; i++)
        at += sprintf(at, "%02x", hash[i]);
    sprintf(at, "\"");
}

static bool is_between(char byte)
{
    return byte == ' ' || byte == '\t' || byte == ',';
}

// One tag of the list, without its W/; what is no tag ends the list.
static bool next_tag(struct slice *list, struct slice *tag)
{
    const char *end;

    while (list->size && is_between(list->data[0]))
        *list = (struct slice){list->data + 1, list->size - 1};
    if (list->size > 2 && !memcmp(list->data, "W/", 2))
        *list = (struct slice){list->data + 2, list->size - 2};
    if (list->size < 2 || list->data[0] != '"')
        return false;
    end = memchr(list->data + 1, '"', list->size - 1);
    if (!end)
        return false;
    tag->data = list->data;
    tag->size = (size_t)(end + 1 - list->data);
    *list = (struct slice){end + 1, list->size - tag->size};
    return true;
}

bool entity_tag_matches(struct slice if_none_match, const char *tag)
{
    struct slice ours = slice_of(tag + 2), theirs; // without its W/

    if (slice_is_null(if_none_match))
        return false;
    if (slice_equal(if_none_match, SLICE_LITERAL("*")))
        return true;
    while (next_tag(&if_none_match, &theirs))
        if (slice_equal(theirs, ours))
            return true;
    return false;
}

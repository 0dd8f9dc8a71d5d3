// SPDX-License-Identifier: Apache-2.0
#include "kafka/group_partitions.h"

#include <stdlib.h>

enum { TOPIC_MAX_BYTES = 249, KEY_MAX_BYTES = sizeof(int32_t) + TOPIC_MAX_BYTES };

// Returns the key's size, 0 if the topic is no topic's name.
static size_t make_key(char key[KEY_MAX_BYTES], struct slice topic, int32_t number)
{
    if (slice_is_null(topic) || topic.size == 0 || topic.size > TOPIC_MAX_BYTES)
        return 0;
    memcpy(key, &number, sizeof(number));
    memcpy(key + sizeof(number), topic.data, topic.size);
    return sizeof(number) + topic.size;
}

static struct group_partition *find(const struct group_partitions *partitions, const char *key,
                                    size_t size)
{
    struct group_partition *found = NULL;

    HASH_FIND(hh, partitions->table, key, size, found);
    return found;
}

struct group_partition *group_partitions_find(const struct group_partitions *partitions,
                                              struct slice topic, int32_t number)
{
    char key[KEY_MAX_BYTES];
    size_t size = make_key(key, topic, number);

    return size ? find(partitions, key, size) : NULL;
}

struct group_partition *group_partitions_get(struct group_partitions *partitions,
                                             struct slice topic, int32_t number)
{
    char key[KEY_MAX_BYTES];
    size_t size = make_key(key, topic, number);
    struct group_partition *made = size ? find(partitions, key, size) : NULL;

    if (made || !size)
        return made;
    made = calloc(1, sizeof(*made) + size + 1);
    if (!made)
        return NULL;
    memcpy(made->key, key, size);
    made->key_size = size;
    made->source = (struct source){{made->key + sizeof(number), topic.size}, number};
    made->end_offset = -1;
    made->hint_offset = -1;
    HASH_ADD_KEYPTR(hh, partitions->table, made->key, made->key_size, made);
    if (find(partitions, key, size) != made) {
        free(made);
        return NULL;
    }
    return made;
}

void group_partitions_free(struct group_partitions *partitions)
{
    struct group_partition *each, *next;

    HASH_ITER (hh, partitions->table, each, next) {
        HASH_DEL(partitions->table, each); // NOLINT(clang-analyzer-unix.Malloc): lost in the macro
        free(each);
    }
}

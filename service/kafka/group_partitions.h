// SPDX-License-Identifier: Apache-2.0
// What the consumer knows of each partition it ever had, found by topic and number. Entries live
// as long as the table, so that a struct source may borrow their topic; they are as many as the
// partitions of the subscribed topics.
#pragma once

#include "base/err.h"
#include "base/key_hash.h"
#include "core/ports.h"

struct group_partition {
    UT_hash_handle hh;
    struct source source; // its topic is owned, NUL-terminated
    bool ours;            // the group gave it to us
    bool assigned;        // librdkafka fetches it: implies ours
    bool started;         // its records are handed out: implies assigned
    bool held;            // paused in librdkafka, which remembers that beyond an assignment
    int64_t next_offset;  // while started: records before it are repeats

    // Told to the owner only after the records before them were handed out.
    int64_t end_offset; // -1: nothing to tell
    bool has_failed;
    struct err failure;

    int64_t hint_offset; // to commit, -1: none
    int64_t told_at_us;  // when it was last said that it is missing
    size_t key_size;
    char key[]; // the number, then the topic with its NUL
};

struct group_partitions {
    struct group_partition *table; // uthash
};

// The entry, or NULL.
struct group_partition *group_partitions_find(const struct group_partitions *partitions,
                                              struct slice topic, int32_t number);
// The entry, made if need be; NULL without memory or for a topic's name longer than Kafka allows.
struct group_partition *group_partitions_get(struct group_partitions *partitions,
                                             struct slice topic, int32_t number);
void group_partitions_free(struct group_partitions *partitions);

// SPDX-License-Identifier: Apache-2.0
// Reads a topic from its beginning by our consumer, with the settings of jobtrail serve, in a group
// that nobody was in before. What fails ends the program with a line that says why (feed.h). One
// thread.
#pragma once

#include "kafka/consumer.h"

enum { TOPIC_READER_AT_ONCE = 4096 };

struct topic_reader {
    struct consumer *consumer; // owned
};

// Of JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS. The reader stays where it is until it is closed.
void topic_reader_open(struct topic_reader *reader, const char *topic);
void topic_reader_close(struct topic_reader *reader);
// What came within timeout_ms, at most TOPIC_READER_AT_ONCE records, each to be freed. Their
// number.
size_t topic_reader_poll(struct topic_reader *reader, int timeout_ms,
                         struct kafka_message *messages[TOPIC_READER_AT_ONCE]);

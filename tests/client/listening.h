// SPDX-License-Identifier: Apache-2.0
// One topic of commands, who writes it, and who listens: what the tests of commands share.
#pragma once

#include "kafka/world.h"

#include <jobtrail/commands.h>

#include "client/kit.h"
#include "wire/cancel_messages.h"

struct listening {
    const char *topic;
    rd_kafka_t *producer;
    struct jobtrail_commands *commands;
};

struct jobtrail_settings *listening_settings(const char *brokers, const char *topic);
struct jobtrail_commands *listen_to(const char *brokers, const char *topic);
// Until all partitions are read.
void await_all_read(struct jobtrail_commands *commands);
// A topic of its own, and who listens to it for the organisation "acme".
void listening_open(struct listening *listening, int partitions);
void listening_close(struct listening *listening);
// Queues a record.
void send_bytes(struct listening *listening, int32_t partition, const void *value, size_t size);
// Replaces what out has.
void encode_command(const char *organization, const char *job, int32_t attempt, struct buffer *out);
void send_command(struct listening *listening, int32_t partition, const char *organization,
                  const char *job, int32_t attempt);
void listening_add(struct listening *listening, const char *job, int attempt, void *tag);
// The next command, which has to come; the caller's.
struct jobtrail_command *await_command(struct jobtrail_commands *commands);
// It comes next.
void expect_command(struct listening *listening, const char *job, const void *tag);
struct jobtrail_commands_counts counts_of(struct listening *listening);
// What was sent to that partition before is read, and nobody was told of it.
void expect_no_other(struct listening *listening, int32_t partition);

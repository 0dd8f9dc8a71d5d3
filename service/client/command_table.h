// SPDX-License-Identifier: Apache-2.0
// Which commands are for whom: the jobs that a program runs, and the latest commands that were
// heard, whoever's they are, since a job may be added after its command came. Pure; one lock of the
// owner's is around all of it.
//
// A job is told its command once, for as long as it is added. One that is taken away and added
// again is told again, if the command is still kept.
#pragma once

#include "client/command_text.h"
#include "client/job_attempt.h"

struct command_table;

struct command_counts {
    uint64_t heard;     // commands, each time that one came
    uint64_t repeated;  // of those: that were known already
    uint64_t refused;   // records that are no command, or contradict the one before
    uint64_t forgotten; // commands that are kept no more, since others came after them
    size_t jobs;        // that are added now
    size_t kept_bytes;  // of commands
};

// kept_most: bytes of commands that are kept. NULL without memory.
struct command_table *command_table_new(size_t kept_most);
// Accepts NULL. Commands that were handed out are their owners'.
void command_table_free(struct command_table *table);

// A job of ours; tag goes along with its command. POISON (ID_LENGTH, ATTEMPT_RANGE; ALREADY_ADDED),
// RETRY without memory: nothing has changed.
int command_table_add(struct command_table *table, const struct job_attempt *job, void *tag,
                      struct err *err);
// It is no longer ours, and told of nothing more. False: it was not.
bool command_table_remove(struct command_table *table, const struct job_attempt *job);
// A command came. RETRY without memory: nothing has changed, and it is to be told once more.
int command_table_hear(struct command_table *table, const struct heard_command *heard,
                       struct err *err);
// A record came that is no command.
void command_table_refuse(struct command_table *table);

// The next command for a job of ours, in the order in which they came; freed by free(). NULL: none.
struct jobtrail_command *command_table_next(struct command_table *table);
bool command_table_has_next(const struct command_table *table);
struct command_counts command_table_counts(const struct command_table *table);

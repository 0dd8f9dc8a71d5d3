// SPDX-License-Identifier: Apache-2.0
// Commands to stop, for the jobs that this program runs.
//
//     struct jobtrail_commands *commands;
//     struct jobtrail_command *command;
//
//     jobtrail_commands_new(settings, &commands, &error);
//     jobtrail_commands_add(commands, "load-7", 1, my_job, &error);
//     ... jobtrail_commands_fd(commands) is readable:
//     while ((command = jobtrail_commands_next(commands))) {
//         stop(command->tag);
//         ... and once it has stopped, by its handle (jobtrail/job.h):
//         jobtrail_job_cancelled(job, command->command_id, NULL, &error);
//         jobtrail_command_free(command);
//     }
//     jobtrail_commands_remove(commands, "load-7", 1); // however it ended
//
// Answer with the command's id, so that the member who asked is told that it was obeyed; or with
// how the job ended otherwise, if it was quicker. examples/cancellable_job.c is a whole program.
//
// What is heard. Every record of the topic job.commands, in all partitions, those that are added
// later too, by no consumer group: each process hears every command and keeps to its own, so the
// right to READ that topic is all that it takes. It begins an hour before the object was made
// (commands.look-back), since a command may have come while the program was away. Only Jobtrail may
// have the right to write there.
//
// What is told. A command whose organisation is the settings', whose job and attempt were added: of
// each added job once, whatever comes again. One that came before its job was added is told when it
// is, as long as it is among the latest commands of the organisation (commands.bytes of them); so
// is one for a job that was removed and is added again. What cannot be read is passed over and
// counted. So is a second command for an attempt with another id: Jobtrail sends none.
//
// Threads. Any thread may call any function here, also at the same time, except that nobody may use
// an object that jobtrail_commands_close was called with. The library's thread never calls the
// program's functions but the log's (jobtrail/settings.h). It sleeps while nothing comes; once in
// five seconds it looks for partitions that were added.
//
// Fork. An object is of the process that made it: in a child each function says so
// (JOBTRAIL_FORKED, NULL, -1) and does nothing. Commands that were handed out are the child's to
// free as its own copies.
//
// Where Jobtrail writes with a schema registry, give jobtrail_settings_schemas: without it its
// records are passed over and counted as refused.
//
// Kafka away: nothing is lost by it. jobtrail_commands_trouble says what is wrong; reading goes on
// where it was when it is back. A topic that is deleted and made again, with as many partitions or
// not, is read anew: known five seconds later at most, by its records' times, and said to the log
// and by jobtrail_commands_trouble (TOPIC_MADE_AGAIN). Commands in it are told as others are.
#ifndef JOBTRAIL_COMMANDS_H
#define JOBTRAIL_COMMANDS_H

#include <stddef.h>
#include <stdint.h>

#include <jobtrail/settings.h>

#ifdef __cplusplus
extern "C" {
#endif

struct jobtrail_commands;

// Texts are UTF-8 that ends with NUL, and live as long as the command. Members are only ever added,
// at the end: a program makes none of these itself.
struct jobtrail_command {
    const char *command_id; // a UUID: what JobCancelled answers with
    const char *request_id; // a UUID: the request that was granted
    const char *organization_id, *job_id;
    int32_t attempt;
    const char *type;         // of the job, as its creation stated it
    const char *requester_id; // the member who asked: the job's creator
    const char *reason;       // in that member's words, at most 4 KiB; NULL: not said
    const char *traceparent;  // of whoever asked; NULL: none
    int64_t issued_at_us;     // microseconds since 1970, UTC
    void *tag;                // what jobtrail_commands_add got
};

// Begins to listen; does not wait for Kafka. The settings may be freed. error may be NULL here and
// everywhere. JOBTRAIL_SETTING, JOBTRAIL_NO_MEMORY, JOBTRAIL_SYSTEM.
JOBTRAIL_API int jobtrail_commands_new(struct jobtrail_settings *settings,
                                       struct jobtrail_commands **out,
                                       struct jobtrail_error *error);
// Ends it: at once, or after three seconds at most while brokers do not answer. Commands that were
// handed out stay their owner's. Accepts NULL.
JOBTRAIL_API void jobtrail_commands_close(struct jobtrail_commands *commands);

// This program runs that attempt of that job. tag comes with its command; NULL is one like others.
// Costs memory for the job until it is removed. JOBTRAIL_REFUSED (ID_LENGTH, ATTEMPT_RANGE;
// ALREADY_ADDED), JOBTRAIL_NO_MEMORY, JOBTRAIL_FORKED.
JOBTRAIL_API int jobtrail_commands_add(struct jobtrail_commands *commands, const char *job_id,
                                       int32_t attempt, void *tag, struct jobtrail_error *error);
// It does so no longer: no call of jobtrail_commands_next that begins afterwards hands out its
// command. What another thread has just been handed is the program's own to keep apart.
// Of one that was not added: does nothing.
JOBTRAIL_API void jobtrail_commands_remove(struct jobtrail_commands *commands, const char *job_id,
                                           int32_t attempt);

// Readable (poll, epoll: POLLIN) while there is a command to be handed out. Nobody else may read,
// write or close it. -1 in a forked child.
JOBTRAIL_API int jobtrail_commands_fd(const struct jobtrail_commands *commands);
// The next command, in the order in which they came; the caller's, to be freed by
// jobtrail_command_free. NULL: none is there now. Never waits, and needs no memory.
JOBTRAIL_API struct jobtrail_command *jobtrail_commands_next(struct jobtrail_commands *commands);
// Accepts NULL.
JOBTRAIL_API void jobtrail_command_free(struct jobtrail_command *command);

// The command lives until it returns. It may call everything here but jobtrail_commands_close.
typedef void jobtrail_on_command(void *self, const struct jobtrail_command *command);

// For programs without an event loop: waits for a command, so many milliseconds at most (0: not at
// all; -1: for ever), and calls on_command for each that is there, in the calling thread. How many
// they were; JOBTRAIL_FORKED. A signal ends the wait early.
JOBTRAIL_API int jobtrail_commands_dispatch(struct jobtrail_commands *commands, int timeout_ms,
                                            jobtrail_on_command *on_command, void *self);

// Since the object was made.
struct jobtrail_commands_counts {
    uint64_t heard;     // commands for the organisation, each time that one came
    uint64_t repeated;  // of those: known already
    uint64_t told;      // handed out
    uint64_t refused;   // records that are no command, or contradict one
    uint64_t forgotten; // commands that are not kept any more for jobs that are added later
    size_t jobs;        // that are added now
    size_t kept_bytes;  // of commands that are kept
};

// Fills what fits into size bytes, which is sizeof *counts. JOBTRAIL_FORKED.
JOBTRAIL_API int jobtrail_commands_counts(struct jobtrail_commands *commands,
                                          struct jobtrail_commands_counts *counts, size_t size);
// Whether commands are heard now. JOBTRAIL_OK: all partitions of the topic are read.
// JOBTRAIL_TIMEOUT: it has not found them all yet. JOBTRAIL_KAFKA: something is wrong and it goes
// on trying; error says what. JOBTRAIL_NO_MEMORY: likewise. JOBTRAIL_FORKED.
JOBTRAIL_API int jobtrail_commands_trouble(struct jobtrail_commands *commands,
                                           struct jobtrail_error *error);

#ifdef __cplusplus
}
#endif

#endif

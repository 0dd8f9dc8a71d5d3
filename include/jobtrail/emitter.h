// SPDX-License-Identifier: Apache-2.0
// Tells Jobtrail of jobs. A call checks what it is given, puts the event into a queue of the
// emitter's and returns; a thread of the emitter sends it to Kafka in that order, once (an
// idempotent producer), and again for as long as Kafka does not take it; what has to be sent again
// may come behind what follows, which is all the same to the service. Values are Avro single
// objects (schemas/avro), which the service reads with and without a schema registry. No call
// waits for Kafka but those that have a timeout, and none for the disk but where spool.sync=each
// wants it.
//
// The queue is bounded by queue.bytes and queue.events. Where three quarters of it are used, a
// progress tick is held: it waits beside the queue, a newer one of the same job replaces it
// (counted as coalesced), and it is sent when there is room, or right before the job's next event.
// Every other event goes into the last quarter. When that is full too, the call says JOBTRAIL_FULL
// and has done nothing: wait for room (three ways below), and call again.
//
// With spool.file the queue is a file: what was put there (JOBTRAIL_OK) outlives the process, and
// the next emitter with that file sends it first. It is sent at least once; an event's id and bytes
// stay what they are, so that the service knows it again. A held tick is not in the file. The file
// is for one emitter at a time; nobody else may shorten it. It must be on a local file system that
// overwrites in place, as ext4 and xfs do: it has all its room from the beginning, and a disk that
// is full later is no harm. One that writes elsewhere (btrfs, ZFS) may have no room to do so.
//
// Threads: every call is for any thread, except that nothing else may use an emitter, or a job of
// it, while it is being closed or afterwards. Callbacks are called by the emitter's thread: do
// little there, and neither flush, wait nor close. Signals are not delivered to that thread.
//
// Fork: an emitter and its jobs belong to the process that made them. In a child each call returns
// JOBTRAIL_FORKED and does nothing; make another emitter there, without the same spool.file.
#ifndef JOBTRAIL_EMITTER_H
#define JOBTRAIL_EMITTER_H

#include <stddef.h>
#include <stdint.h>

#include <jobtrail/settings.h>

#ifdef __cplusplus
extern "C" {
#endif

struct jobtrail_emitter;

// What became of an event. All of it lives until the callback returns. Later versions may add
// members.
struct jobtrail_delivery {
    const char *record;                 // "JobStarted" and the like
    const char *job_id;                 // not from a caller's memory
    const char *event_id;               // a UUID in lower case
    int32_t attempt;                    // of the job
    int32_t partition;                  // where it is in Kafka, if it is there
    int64_t offset;                     // likewise
    const struct jobtrail_error *error; // NULL: Kafka has it; else it will never have it
};

// Kafka has an event, or has refused it for good.
typedef void jobtrail_delivered(void *self, const struct jobtrail_delivery *delivery);
// There is room after a call said JOBTRAIL_FULL.
typedef void jobtrail_room(void *self);

// Makes one. delivered, room and error may be NULL; self is handed to both. Kafka need not be
// there. What a spool holds is sent at once. JOBTRAIL_SETTING, JOBTRAIL_SPOOL (the file is used by
// another emitter, is no spool, or has no room on its disk), JOBTRAIL_SYSTEM, JOBTRAIL_KAFKA,
// JOBTRAIL_NO_MEMORY; *emitter is NULL then.
JOBTRAIL_API int jobtrail_emitter_new(struct jobtrail_settings *settings,
                                      jobtrail_delivered *delivered, jobtrail_room *room,
                                      void *self, struct jobtrail_emitter **emitter,
                                      struct jobtrail_error *error);

// Waits until Kafka has, or has refused for good, all that was told before, ticks that are held
// too; at most timeout_ms. JOBTRAIL_TIMEOUT: with how much is left, and what Kafka's client said
// last. JOBTRAIL_KAFKA: some were refused since the last flush.
JOBTRAIL_API int jobtrail_emitter_flush(struct jobtrail_emitter *emitter, int timeout_ms,
                                        struct jobtrail_error *error);
// Flushes, then ends and frees the emitter, whatever it returns; close its jobs before. With
// JOBTRAIL_TIMEOUT, what is left stays in the spool, or is lost where there is none. May take about
// a second more than timeout_ms. Accepts NULL.
JOBTRAIL_API int jobtrail_emitter_close(struct jobtrail_emitter *emitter, int timeout_ms,
                                        struct jobtrail_error *error);

// Waits until there is room, at most timeout_ms. JOBTRAIL_TIMEOUT.
JOBTRAIL_API int jobtrail_emitter_wait(struct jobtrail_emitter *emitter, int timeout_ms,
                                       struct jobtrail_error *error);
// A descriptor to poll: it is readable unless a call said JOBTRAIL_FULL and there was no room
// since. The emitter's; neither read nor close it. -1 in a child.
JOBTRAIL_API int jobtrail_emitter_fd(const struct jobtrail_emitter *emitter);

struct jobtrail_counts {
    uint64_t taken;         // events for which a call returned JOBTRAIL_OK or JOBTRAIL_HELD
    uint64_t delivered;     // that Kafka has; those of the spool besides
    uint64_t refused;       // that Kafka refused for good
    uint64_t coalesced;     // ticks that a newer one replaced
    uint64_t replayed;      // found in the spool when it was opened
    uint64_t queued;        // now in the queue, unacknowledged
    uint64_t queued_bytes;  // what these need
    uint64_t spool_damaged; // bytes of the spool that could not be read when it was opened
};
// Fills what fits into size bytes, which is sizeof *counts. JOBTRAIL_FORKED.
JOBTRAIL_API int jobtrail_emitter_counts(struct jobtrail_emitter *emitter,
                                         struct jobtrail_counts *counts, size_t size);

#ifdef __cplusplus
}
#endif

#endif

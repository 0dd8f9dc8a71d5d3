// SPDX-License-Identifier: Apache-2.0
// Asks that a job be cancelled, for a member, and hears what was decided: for portals. Jobtrail
// grants it to the job's creator alone. A request goes to the topic topic.cancel-requests, where
// whoever may write is trusted, or has to prove each request by a token, as the service's setting
// cancel.requests.authentication says.
//
// The answer is read in topic.cancel-decisions, by no consumer group, so that the right to READ it
// is enough. It is a request's own: organisation, job, member and id are all the request's. That it
// is granted means that a command goes out; what comes of it the API tells. Should a grant be
// withdrawn later, before its command went out, the API tells that, too.
//
// Records are written and read in Avro's single-object encoding: where Jobtrail writes with a
// schema registry, the decision is not understood and the answer is JOBTRAIL_TIMEOUT. Where tokens
// prove requests, who may write the topic can copy an id with a token that proves nothing, and a
// refusal (INVALID_CREDENTIALS) of that copy is taken for the answer.
//
// Threads: every call is for any thread, several may ask at the same time, except that nothing else
// may use an object while it is closed or afterwards. Fork: an object belongs to the process that
// made it; in a child each call returns JOBTRAIL_FORKED and does nothing.
#ifndef JOBTRAIL_CANCEL_H
#define JOBTRAIL_CANCEL_H

#include <stddef.h>
#include <stdint.h>

#include <jobtrail/settings.h>

#ifdef __cplusplus
extern "C" {
#endif

struct jobtrail_canceller;

// Kafka need not be there. The settings may be freed. JOBTRAIL_SETTING, JOBTRAIL_NO_MEMORY,
// JOBTRAIL_SYSTEM.
JOBTRAIL_API int jobtrail_canceller_new(struct jobtrail_settings *settings,
                                        struct jobtrail_canceller **out,
                                        struct jobtrail_error *error);
// Ends it; nobody may be asking. At once, or after four seconds at most while brokers do not
// answer. Accepts NULL.
JOBTRAIL_API void jobtrail_canceller_close(struct jobtrail_canceller *canceller);

// Begin with {sizeof(struct jobtrail_cancel_request)}. Texts are UTF-8; NULL where it may be.
struct jobtrail_cancel_request {
    size_t size;              // of the struct, by which later versions know what there is
    const char *job_id;       // 1 to 255 bytes, of the organisation of the settings
    const char *requester_id; // the member who asks, 1 to 255 bytes
    const char *reason;       // for people; what is longer than 4 KiB is cut; NULL: none
    const char *request_id;   // a UUID. The same again from the same member is the same request
                              // and gets the same answer. NULL: one is made
    const char *token;        // without "Bearer "; its claims request_id and job_id, organisation
                              // and member are the request's: so request_id is given, too. NULL:
                              // none
};

struct jobtrail_decision {
    int granted;          // 1: a command goes out; 0: refused
    char reason_code[32]; // "CREATOR", "NOT_CREATOR" and so on (docs/design.md, section 7)
    char request_id[37];  // also when nothing is known
    char command_id[37];  // ""; none
    int64_t decided_at_us;
};

// Asks, and waits for the decision, so many milliseconds at most. JOBTRAIL_OK: *decision has it.
// JOBTRAIL_TIMEOUT: not known. It may have been, or still be, sent and decided: ask again with the
// same request_id, and it stays one. JOBTRAIL_REFUSED: nobody could judge it (ID_LENGTH, ...).
// JOBTRAIL_KAFKA: Kafka refused it, or its client will send nothing more: make another object.
// JOBTRAIL_NO_MEMORY, JOBTRAIL_FORKED. An unknown job is waited for by the service
// (cancel.requests.wait, a minute): a shorter time may end before.
JOBTRAIL_API int jobtrail_cancel(struct jobtrail_canceller *canceller,
                                 const struct jobtrail_cancel_request *request, int timeout_ms,
                                 struct jobtrail_decision *decision, struct jobtrail_error *error);

#ifdef __cplusplus
}
#endif

#endif

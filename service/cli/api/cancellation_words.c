// SPDX-License-Identifier: Apache-2.0
#include "cli/api/cancellation_words.h"

#include <stddef.h>

#include "core/cancel.h"

static const char *const reasons[CANCEL_REASON_CODES] = {
    [REASON_OTHER] = "for a reason that this version does not know",
    [REASON_CREATOR] = "the requester created the job",
    [REASON_ALREADY_REQUESTED] = "the creator had already asked: the same command stands",
    [REASON_INVALID_CREDENTIALS] = "the requester did not prove who they are",
    [REASON_EXPIRED] = "the request was too old when it was first read",
    [REASON_UNKNOWN_JOB] = "there is no such job, or nothing is known of its creation",
    [REASON_NOT_CREATOR] = "only the member who created a job may cancel it",
    [REASON_ALREADY_FINISHED] = "the job had already ended",
    [REASON_NOT_CANCELLABLE] = "the job was created as one that cannot be cancelled",
    [REASON_REQUEST_ID_REUSED] = "the same member had used this request id for another job",
};

static const struct {
    const char *outcome, *words;
} outcomes[] = {
    {"pending", "waits for its job to become known"},
    {"refused", "nothing was commanded"},
    {"withdrawn", "granted; the job's creator was disputed before anything was commanded"},
    {"open", "commanded; the job has not ended yet"},
    {"honoured", "the job was cancelled"},
    {"overtaken", "the attempt ended otherwise, or a later one began"},
    {"unanswered", "commanded; nothing came of it in time"},
};

const char *cancellation_reason_words(struct slice reason_code)
{
    enum cancel_reason_code code;

    return cancel_reason_of(reason_code, &code) ? reasons[code] : NULL;
}

const char *cancellation_outcome_words(struct slice outcome)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (slice_equal(outcome, slice_of(outcomes[i].outcome)))
            return outcomes[i].words;
    return NULL;
}

// A request waits, or is judged any further, only if its requester was authenticated.
const char *cancellation_identity_words(struct slice reason_code)
{
    return slice_equal(reason_code, SLICE_LITERAL("INVALID_CREDENTIALS")) ? "claimed" : "proven";
}

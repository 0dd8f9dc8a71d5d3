// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/cancel_outcome.h"

#include "cli/api/cancellation_words.h"
#include "cli/jobs/job_members.h"

bool cancel_outcome_is_settled(const json_t *request)
{
    return member_is(request, "outcome", "honoured") || member_is(request, "outcome", "refused") ||
           member_is(request, "outcome", "overtaken") ||
           member_is(request, "outcome", "withdrawn") ||
           member_is(request, "outcome", "unanswered");
}

int cancel_outcome_judge(const json_t *request, struct err *err)
{
    const char *words;

    if (member_is(request, "outcome", "refused")) {
        words = cancellation_reason_words(member_text(request, "reasonCode"));
        return err_set(err, FATAL, "REFUSED", "refused: %s",
                       words ? words : "for a reason that this version does not know");
    }
    if (member_is(request, "outcome", "withdrawn"))
        return err_set(err, FATAL, "REFUSED",
                       "withdrawn: the job's creator was disputed before its service was told");
    if (member_is(request, "outcome", "overtaken"))
        return err_set(err, FATAL, "OVERTAKEN",
                       "overtaken: the job ended otherwise, or began anew, before it was stopped");
    if (member_is(request, "outcome", "unanswered"))
        return err_set(err, FATAL, "UNANSWERED",
                       "unanswered: its service was told to stop it, and nothing came of it in "
                       "time; it may still obey");
    return DONE;
}

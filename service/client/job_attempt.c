// SPDX-License-Identifier: Apache-2.0
#include "client/job_attempt.h"

static bool is_id(struct slice id)
{
    return id.size >= 1 && id.size <= ID_MAX_BYTES;
}

int attempt_key_make(const struct job_attempt *attempt, struct attempt_key *out, struct err *err)
{
    const struct slice organization_id = attempt->organization_id, job_id = attempt->job_id;
    unsigned char *at = out->bytes;

    if (!is_id(organization_id) || !is_id(job_id))
        return err_set(err, POISON, "ID_LENGTH", "%s has 1 to %d bytes, and not %zu",
                       is_id(organization_id) ? "job_id" : "organization_id", ID_MAX_BYTES,
                       is_id(organization_id) ? job_id.size : organization_id.size);
    if (attempt->attempt < 1 || attempt->attempt > ATTEMPT_MAX)
        return err_set(err, POISON, "ATTEMPT_RANGE", "an attempt is from 1 to %d, and not %d",
                       ATTEMPT_MAX, attempt->attempt);
    memcpy(at, &attempt->attempt, sizeof attempt->attempt);
    at += sizeof attempt->attempt;
    *at++ = (unsigned char)organization_id.size;
    memcpy(at, organization_id.data, organization_id.size);
    at += organization_id.size;
    memcpy(at, job_id.data, job_id.size);
    at += job_id.size;
    out->size = (size_t)(at - out->bytes);
    return DONE;
}

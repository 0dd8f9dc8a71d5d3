// SPDX-License-Identifier: Apache-2.0
// A job's key with room of its own, for whoever goes on behind a job later.
#pragma once

#include "core/row.h"

struct own_key {
    struct job_key key; // points into bytes; its job_id is absent: there is none
    char bytes[JOB_KEY_MAX_BYTES];
};
// The key is no longer than JOB_KEY_MAX_BYTES, and not own's.
void own_key_set(struct own_key *own, const struct job_key *key);
void own_key_clear(struct own_key *own);
static inline bool own_key_is_set(const struct own_key *own)
{
    return own->key.job_id.data != NULL;
}

// SPDX-License-Identifier: Apache-2.0
#include "verify/scope.h"

#include "core/position.h"

bool scope_concerns(const struct scope *scope, const struct job_key *key)
{
    if (scope->organization.data && !slice_equal(scope->organization, key->organization_id))
        return false;
    if (scope->sample >= SAMPLE_ALL)
        return true;
    // The same jobs every time, by a hash that is fixed anyway.
    return (int64_t)((uint64_t)record_hash(0, key->job_id, key->organization_id) % SAMPLE_ALL) <
           scope->sample;
}

bool scope_is_in_range(const struct scope *scope, const struct job_key *key)
{
    return (!own_key_is_set(&scope->behind) || job_key_compare(key, &scope->behind.key) > 0) &&
           (!own_key_is_set(&scope->upto) || job_key_compare(key, &scope->upto.key) <= 0);
}

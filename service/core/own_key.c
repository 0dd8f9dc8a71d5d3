// SPDX-License-Identifier: Apache-2.0
#include "core/own_key.h"

void own_key_set(struct own_key *own, const struct job_key *key)
{
    const size_t job = key->job_id.size, organization = key->organization_id.size;

    job_key_write(key, own->bytes);
    own->key = (struct job_key){.job_id = {own->bytes, job},
                                .organization_id = {own->bytes + job + 1, organization}};
}

void own_key_clear(struct own_key *own)
{
    own->key = (struct job_key){0};
}

// SPDX-License-Identifier: Apache-2.0
#include "property/same_columns.h"

bool same_columns(const struct job_columns *a, const struct job_columns *b)
{
    return !job_key_compare(&a->key, &b->key) && a->status == b->status &&
           a->attempt == b->attempt && a->progress == b->progress &&
           slice_equal(a->type, b->type) && slice_equal(a->creator_id, b->creator_id) &&
           slice_equal(a->message, b->message) && slice_equal(a->error_code, b->error_code) &&
           slice_equal(a->error_detail, b->error_detail) &&
           slice_equal(a->result_uri, b->result_uri) &&
           a->creator_disputed == b->creator_disputed && a->cancellable == b->cancellable &&
           a->created_at_us == b->created_at_us && a->started_at_us == b->started_at_us &&
           a->finished_at_us == b->finished_at_us && a->updated_at_us == b->updated_at_us;
}

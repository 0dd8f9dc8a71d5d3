// SPDX-License-Identifier: Apache-2.0
#include "store/source/position_query.h"

#include <stdlib.h>

#include "store/connection/values.h"

void position_query_load(struct parameters *out, const struct source *source)
{
    parameters_init(out);
    parameters_add_bytes(out, source->topic);
    parameters_add_int4(out, source->partition);
}

void position_query_create(struct parameters *out, const struct source *source,
                           const struct source_position *position, const char *cluster_id,
                           const char *owner)
{
    position_query_load(out, source);
    parameters_add_int8(out, position->next_offset);
    parameters_add_int8(out, position->last_offset);
    parameters_add_int8(out, position->last_timestamp_ms);
    parameters_add_int8(out, position->last_hash);
    parameters_add_bytes(out, slice_of(cluster_id));
    parameters_add_bytes(out, slice_of(owner));
}

static int copy_cluster(const PGresult *answer, char **cluster_id, struct err *err)
{
    struct slice id = value_bytes(answer, 0, 4);

    if (slice_is_null(id))
        return DONE;
    *cluster_id = strndup(id.data, id.size);
    return *cluster_id ? DONE : err_no_memory(err);
}

int position_query_loaded(int rc, const PGresult *answer, bool *found,
                          struct source_position *position, char **cluster_id, struct err *err)
{
    *found = false;
    *cluster_id = NULL;
    if (rc || PQntuples(answer) != 1)
        return rc;
    *found = true;
    *position = (struct source_position){
        .next_offset = value_int8(answer, 0, 0),
        .last_offset = value_int8(answer, 0, 1),
        .last_timestamp_ms = value_int8(answer, 0, 2),
        .last_hash = value_int8(answer, 0, 3),
    };
    return copy_cluster(answer, cluster_id, err);
}

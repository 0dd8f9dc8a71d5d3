// SPDX-License-Identifier: Apache-2.0
// One member of many structs as one array parameter: a column for unnest.
#pragma once

#include "store/connection/parameters.h"

struct strided {
    const void *first;
    size_t stride, count;
};
#define STRIDED(items, number) ((struct strided){(items), sizeof *(items), (number)})

// Each adds one parameter. member: the offset of a member of that type in the struct.
void column_texts(struct parameters *parameters, struct strided items,
                  size_t member); // struct slice
void column_int4s(struct parameters *parameters, struct strided items, size_t member); // int32_t
void column_int8s(struct parameters *parameters, struct strided items, size_t member); // int64_t
void column_bools(struct parameters *parameters, struct strided items, size_t member); // bool
// int64_t, microseconds; TIME_NONE is null.
void column_times(struct parameters *parameters, struct strided items, size_t member);
void column_uuids(struct parameters *parameters, struct strided items,
                  size_t member); // struct uuid
// Null where the bool at member is_there is false.
void column_int4s_if(struct parameters *parameters, struct strided items, size_t member,
                     size_t is_there);
void column_int8s_if(struct parameters *parameters, struct strided items, size_t member,
                     size_t is_there);
// struct uuid; one that is all zero is null.
void column_uuids_or_null(struct parameters *parameters, struct strided items, size_t member);

// SPDX-License-Identifier: Apache-2.0
// Makes JSON bodies. Between json_build_begin and json_build_end nothing need be checked: if memory
// ran out anywhere, the end notices it and the response has failed. Absent values are left out,
// since OGC's schemas have no null. A thread makes one body at a time.
#pragma once

#include <jansson.h>

#include "base/uuid.h"
#include "http/response.h"

void json_build_begin(void);
// Takes json over. The body of the response becomes its text.
void json_build_end(json_t *json, struct response *response, const char *media_type);

// The same into a buffer. False: memory ran out.
bool json_build_text(json_t *json, struct buffer *out) MUST_CHECK;

// Memory ran out while a value was made: the body will have failed.
void json_build_fail(void);

void put(json_t *object, const char *name, json_t *value); // takes value over
void put_text(json_t *object, const char *name, struct slice text);
void put_integer(json_t *object, const char *name, int64_t value);
void put_boolean(json_t *object, const char *name, bool value);
void put_time(json_t *object, const char *name, int64_t time_us);         // TIME_NONE is absent
void put_uuid(json_t *object, const char *name, const struct uuid *uuid); // zero is absent

// SPDX-License-Identifier: Apache-2.0
// Making JSON bodies. Between json_build_begin and json_build_end nothing is checked: whatever ran
// out of memory shows at the end, and the response has failed. Values that are absent are left
// out: OGC's schemas have no null. One body at a time in a thread.
#pragma once

#include <jansson.h>

#include "base/uuid.h"
#include "http/response.h"

void json_build_begin(void);
// Takes json over. The body of the response becomes its text.
void json_build_end(json_t *json, struct response *response, const char *media_type);

// The same into a buffer. False: memory ran out.
bool json_build_text(json_t *json, struct buffer *out) MUST_CHECK;

// What was to be put ran out of memory elsewhere: the body will have failed.
void json_build_fail(void);

void put(json_t *object, const char *name, json_t *value); // takes value over
void put_text(json_t *object, const char *name, struct slice text);
void put_integer(json_t *object, const char *name, int64_t value);
void put_boolean(json_t *object, const char *name, bool value);
void put_time(json_t *object, const char *name, int64_t time_us);         // TIME_NONE is absent
void put_uuid(json_t *object, const char *name, const struct uuid *uuid); // zero is absent

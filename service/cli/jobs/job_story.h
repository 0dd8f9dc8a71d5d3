// SPDX-License-Identifier: Apache-2.0
// Why a job is in its state, in sentences: from the job and its history as the API has them, by
// the rules of the fold (docs/design.md, section 5). Pure.
#pragma once

#include <jansson.h>

#include "base/err.h"

// A new array of texts, fit for a terminal. RETRY without memory.
int job_story(const json_t *job, const json_t *events, json_t **out, struct err *err);

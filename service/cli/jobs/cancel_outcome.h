// SPDX-License-Identifier: Apache-2.0
// What a cancel request of the API has come to, as what the program ends with. Pure.
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

// Whether nothing more is waited for: it is honoured, overtaken, refused, withdrawn or unanswered.
bool cancel_outcome_is_settled(const json_t *request);
// 0: granted, and what came of it so far is not against it; FATAL: REFUSED, OVERTAKEN, UNANSWERED.
int cancel_outcome_judge(const json_t *request, struct err *err);

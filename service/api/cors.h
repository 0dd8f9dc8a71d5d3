// SPDX-License-Identifier: Apache-2.0
// Whether pages of other origins may read answers: only those whose exact origin is configured.
// There are no cookies.
#pragma once

#include "view/visit.h"

// Lets the page of the request's origin read the answer, if that origin is configured.
void cors_admit(const struct api *api, struct visit *visit);
// Answers OPTIONS: which methods are allowed, and for a configured origin which headers its page
// may send.
void cors_preflight(const struct api *api, struct visit *visit, const char *allows);

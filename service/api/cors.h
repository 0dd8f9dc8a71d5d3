// SPDX-License-Identifier: Apache-2.0
// Pages of other origins: none, unless their exact origin is configured. Never with cookies, of
// which we have none.
#pragma once

#include "view/visit.h"

// Lets the page of the request's origin read the answer, if that origin is configured.
void cors_admit(const struct api *api, struct visit *visit);
// Answers OPTIONS: what is allowed, and to a configured origin what its page may send.
void cors_preflight(const struct api *api, struct visit *visit, const char *allows);

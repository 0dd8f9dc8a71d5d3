// SPDX-License-Identifier: Apache-2.0
// Answering browsers with the Jobs page: its files at /page/NAME and /page/VERSION/NAME, and the
// page itself at the address of an organisation, for whoever would rather have HTML. No token is
// asked for: nothing in it is anybody's.
#pragma once

#include "view/visit.h"

// Whether the request is about the page; then it is answered, complete with its headers.
bool page_answer(const struct api *api, struct visit *visit);

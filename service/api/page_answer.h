// SPDX-License-Identifier: Apache-2.0
// Answering browsers with the Jobs page: its files at /page/NAME and /page/VERSION/NAME, and the
// page itself at the address of an organisation, for clients that prefer HTML. No token is asked
// for: the files are the same for everybody.
#pragma once

#include "view/visit.h"

// Whether the request is about the page; then it is answered, complete with its headers.
bool page_answer(const struct api *api, struct visit *visit);

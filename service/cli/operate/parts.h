// SPDX-License-Identifier: Apache-2.0
// Which parts of the service a command is about: --only.
#pragma once

#include "serve/serve.h"

// *parts: SERVE_ bits of serve/serve.h. list: what --only says; NULL: all parts, and the API if
// http.listen is set. FATAL with reason USAGE.
int parts_read(const char *list, const struct config *config, unsigned *parts, struct err *err);

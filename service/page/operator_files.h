// SPDX-License-Identifier: Apache-2.0
// The operators' page: the files of page/operator/ and the style sheets that it shares with the
// Jobs page, as the build put them into the binary. Any thread.
#pragma once

#include "base/attributes.h"
#include "base/slice.h"

// What a browser may do on the page's behalf: run and show our files, and talk to us.
#define OPERATOR_PAGE_POLICY                                                                       \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "        \
    "'self'; "                                                                                     \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

struct operator_file {
    struct slice text;      // the program's
    const char *media_type; // a constant
};

// False: there is none of that name.
bool operator_file_find(struct slice name, struct operator_file *out) MUST_CHECK;

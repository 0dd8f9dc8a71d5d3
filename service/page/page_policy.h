// SPDX-License-Identifier: Apache-2.0
// What a browser may do on behalf of the Jobs page: nothing but run our files, and talk to us and
// to whoever issues tokens (Content-Security-Policy). Pure.
#pragma once

#include "base/buffer.h"
#include "base/err.h"

struct page_options;

// Appends the policy. FATAL as page_files_new says, RETRY without memory.
int page_policy(const struct page_options *options, struct buffer *out, struct err *err);
// The origin of an address that a browser may be sent to: https://, or http:// on this machine,
// then a host and maybe a port, without a user. Null: it is none.
struct slice page_origin(struct slice address);

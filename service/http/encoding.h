// SPDX-License-Identifier: Apache-2.0
// Content codings (RFC 9110, section 8.4): gzip, or none.
#pragma once

#include "base/buffer.h"

enum { ENCODING_WORTH_BYTES = 1024 }; // up to here compressing saves nothing

// Whether the value of an Accept-Encoding (null: there is none) takes gzip.
bool encoding_takes_gzip(struct slice accept_encoding);
enum encoding_effort { ENCODING_QUICK = 4, ENCODING_SMALLEST = 9 };
// Replaces the body by its gzip. False, and the body is as it was, without memory.
bool encoding_gzip(struct buffer *body, enum encoding_effort effort) MUST_CHECK;

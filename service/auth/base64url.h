// SPDX-License-Identifier: Apache-2.0
// base64url as a signed token has it (RFC 7515): without padding, and strictly one text for the
// same bytes. Cursors of lists are written in it as well.
#pragma once

#include "base/attributes.h"
#include "base/buffer.h"

// Appends to out. Look at out->failed afterwards.
void base64url_encode(struct slice bytes, struct buffer *out);
// Appends to out. False for anything but the alphabet, for a length that no bytes have, and for
// bits left over that are not 0. Look at out->failed afterwards.
bool base64url_decode(struct slice text, struct buffer *out) MUST_CHECK;

// SPDX-License-Identifier: Apache-2.0
// Scripts and style sheets as browsers get them: without the lines that are comments and without
// indentation, which are for readers of the source and a quarter of what would be sent. Lines keep
// their numbers, so that a fault which a browser reports is found in the source. Pure.
#pragma once

#include "base/buffer.h"

// Appends the text. A comment counts if nothing but blanks stands before it in its line: from // to
// the line's end, or from /* to the next */. So no line within a text of several lines may look
// like that. Look at out->failed afterwards.
void page_source(struct slice text, struct buffer *out);

// SPDX-License-Identifier: Apache-2.0
// Where a page of a list begins, as a text that clients send back, maybe altered. A cursor grants
// nothing, since the query has the scope, whatever the cursor says. It is checked nevertheless,
// since its texts go to PostgreSQL.
#pragma once

#include "base/buffer.h"
#include "store/reader/job_reader.h"

// Appends the cursor of the page that begins at page->after, in page's sort and direction.
void page_cursor_write(struct buffer *out, const struct job_page *page);
// Fills sort, descending, backwards and after of the page; texts live in the arena. False for a
// text that page_cursor_write cannot have written, or without memory.
bool page_cursor_read(struct slice text, struct arena *arena, struct job_page *page) MUST_CHECK;

// SPDX-License-Identifier: Apache-2.0
// Jobs as lines of CSV (RFC 4180), with the columns of the page's export. Pure. Look at out->failed
// afterwards.
#pragma once

#include <jansson.h>

#include "base/buffer.h"

void job_csv_heading(struct buffer *out);
// What a spreadsheet would take for a formula has an apostrophe in front of it: the texts are those
// of services, and nobody is to run them.
// on_terminal: without what would steer it.
void job_csv_line(const json_t *job, bool on_terminal, struct buffer *out);

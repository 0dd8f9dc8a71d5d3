// SPDX-License-Identifier: Apache-2.0
// What the table of options says to people. All append to out; look at out->failed afterwards.
#pragma once

#include "base/buffer.h"
#include "base/options.h"

// What an option takes: its type with its bounds, or the words to choose from.
void options_write_range(const struct option *option, struct buffer *out);
// For a terminal, 80 columns.
void options_write_help(const struct options_table *table, struct buffer *out);
// For the manual, in Markdown.
void options_write_reference(const struct options_table *table, struct buffer *out);
// A configuration file in which every option stands as a comment with its default.
void options_write_sample(const struct options_table *table, struct buffer *out);
// What holds now and where it comes from, as lines of a configuration file. Secrets are ***.
void options_write_effective(const struct options *options, struct buffer *out);

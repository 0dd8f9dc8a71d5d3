// SPDX-License-Identifier: Apache-2.0
// index.html as browsers get it: it names each of the page's modules, so that all are fetched at
// once, and every file by an address that changes with the files, so that it may be kept. Pure.
#pragma once

#include "base/buffer.h"
#include "base/embedded.h"

// Appends the text. What stands in it between <!-- each module --> and <!-- /each module --> comes
// once for each file whose name ends in .js and does not begin with words_, with that name for
// {name}; then ../page/ becomes ../page/VERSION/. Look at out->failed afterwards.
void page_index(struct slice text, const struct embedded_file *files, size_t count,
                const char *version, struct buffer *out);

// SPDX-License-Identifier: Apache-2.0
// index.html as browsers get it: it names each of the page's modules, so that all are fetched at
// once, says in each language what the page needs, and has an address of every file that changes
// with the files, so that it may be kept. Pure.
#pragma once

#include "base/buffer.h"
#include "base/embedded.h"

// Appends the text. A language is a file words_CODE.js, a module any other file NAME that ends in
// .js. What stands in the text between <!-- each module --> and <!-- /each module --> comes once
// for each module, with its NAME for {name}; between <!-- each language --> and
// <!-- /each language --> once for each language, with its CODE for {code}, and for {noScript} what
// stands between the quotes of the line export const noScript = "..."; in its file. Then ../page/
// becomes ../page/VERSION/. Look at out->failed afterwards.
void page_index(struct slice text, const struct embedded_file *files, size_t count,
                const char *version, struct buffer *out);

// SPDX-License-Identifier: Apache-2.0
// A file put into the binary at build time (cmake/embed.cmake).
#pragma once

#include "base/slice.h"

struct embedded_file {
    const char *name; // without its folder
    const char *begin, *end;
};

static inline struct slice embedded_slice(const struct embedded_file *file)
{
    return (struct slice){file->begin, (size_t)(file->end - file->begin)};
}
// The file of that name among count, or NULL.
const struct embedded_file *embedded_find(const struct embedded_file *files, size_t count,
                                          const char *name);

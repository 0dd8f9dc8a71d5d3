// SPDX-License-Identifier: Apache-2.0
#include "page/operator_files.h"

#include "embedded_operator.h"
#include "embedded_page.h"
#include "page/page_files.h"

static const char *const shared[] = {"theme.css", "controls.css", "icon.svg"};

static const struct embedded_file *find_shared(struct slice name)
{
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (slice_equal(name, slice_of(shared[i])))
            return embedded_find(embedded_page, embedded_page_count, shared[i]);
    return NULL;
}

bool operator_file_find(struct slice name, struct operator_file *out)
{
    const struct embedded_file *file = find_shared(name);

    for (size_t i = 0; !file && i < embedded_operator_count; i++)
        if (slice_equal(name, slice_of(embedded_operator[i].name)))
            file = &embedded_operator[i];
    if (file)
        *out = (struct operator_file){embedded_slice(file), page_media_type(file->name)};
    return file;
}

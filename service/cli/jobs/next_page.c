// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/next_page.h"

#include <string.h>

#include "cli/jobs/job_members.h"

const char *next_page_query(const json_t *page)
{
    const json_t *links = json_object_get(page, "links");
    const char *mark;

    for (size_t i = 0; i < json_array_size(links); i++)
        if (member_is(json_array_get(links, i), "rel", "next")) {
            mark = strchr(member_string(json_array_get(links, i), "href"), '?');
            return mark ? mark + 1 : NULL;
        }
    return NULL;
}

// SPDX-License-Identifier: Apache-2.0
#include "api/counted.h"

#include "view/links.h"

json_t *counted_states(const int64_t in_status[JOB_STATUSES])
{
    json_t *states = json_object();

    for (size_t i = 0; i < JOB_STATUSES; i++)
        put_integer(states, job_status_name((enum job_status)i), in_status[i]);
    return states;
}

void counted_answer(const struct api *api, struct visit *visit, json_t *body, bool is_bounded)
{
    json_t *links = json_array();

    if (is_bounded)
        put_integer(body, "boundedToNewest", NEWEST_MAX);
    link_add(links, api, visit,
             &(struct link){"related", "application/json", NULL, "/jobs", {{0}}});
    put(body, "links", links);
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(body, &visit->response, "application/json");
}

// SPDX-License-Identifier: Apache-2.0
// The landing page, and what we conform to.
#include "api/definition.h"
#include "api/resources.h"
#include "view/links.h"

static const char media_json[] = "application/json";

static const struct link landing_links[] = {
    {"self", media_json, NULL, "", {{NULL, 0}}},
    {"service-desc", DEFINITION_YAML, "The definition of this API", "/api", {{NULL, 0}}},
    {"service-desc", DEFINITION_JSON, "The same in OpenAPI 3.0", "/api?f=json", {{NULL, 0}}},
    {"http://www.opengis.net/def/rel/ogc/1.0/conformance",
     media_json,
     NULL,
     "/conformance",
     {{NULL, 0}}},
    {"http://www.opengis.net/def/rel/ogc/1.0/processes",
     media_json,
     "The types of the jobs",
     "/processes",
     {{NULL, 0}}},
    {"http://www.opengis.net/def/rel/ogc/1.0/job-list",
     media_json,
     "The jobs",
     "/jobs",
     {{NULL, 0}}},
};

// docs/ogc-conformance.md says what each class asks for, what of core is missing, and which classes
// are not here.
static const char *const classes[] = {
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/job-list",
};

static void answer(struct visit *visit, json_t *json)
{
    visit->response.status = 200;
    visit->response.may_revalidate = true;
    json_build_end(json, &visit->response, media_json);
}

int resource_landing(const struct api *api, struct job_reader *reader, struct visit *visit,
                     struct err *err)
{
    json_t *json, *links;

    (void)reader, (void)err;
    json_build_begin();
    json = json_object();
    links = json_array();
    put_text(json, "title", SLICE_LITERAL("Jobtrail"));
    put_text(json, "description",
             SLICE_LITERAL(
                 "The jobs of an organisation: what runs, how far it is, why it failed. Jobs are "
                 "not started here."));
    for (size_t i = 0; i < sizeof landing_links / sizeof *landing_links; i++)
        link_add(links, api, visit, &landing_links[i]);
    put(json, "links", links);
    answer(visit, json);
    return DONE;
}

int resource_conformance(const struct api *api, struct job_reader *reader, struct visit *visit,
                         struct err *err)
{
    json_t *json, *list;

    (void)api, (void)reader, (void)err;
    json_build_begin();
    json = json_object();
    list = json_array();
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        json_array_append_new(list, json_string(classes[i]));
    put_text(json, "description",
             SLICE_LITERAL("Read-only: jobs are started by the services that run them. No process "
                           "has a job control option, and an execution is answered by a problem."));
    put(json, "conformsTo", list);
    answer(visit, json);
    return DONE;
}

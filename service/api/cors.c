// SPDX-License-Identifier: Apache-2.0
#include "api/cors.h"

static bool is_admitted(const struct api *api, const struct visit *visit)
{
    struct slice origin = request_header(&visit->request, "Origin");

    for (const char *const *at = api->cors_origins; *at; at++)
        if (slice_equal(origin, slice_of(*at)))
            return true;
    return false;
}

void cors_admit(const struct api *api, struct visit *visit)
{
    struct slice origin = request_header(&visit->request, "Origin");

    if (!is_admitted(api, visit))
        return;
    response_header(&visit->response, "Access-Control-Allow-Origin", "%.*s", (int)origin.size,
                    origin.data);
    response_header(&visit->response, "Access-Control-Expose-Headers", "%s",
                    "ETag, Location, Retry-After, WWW-Authenticate, Jobtrail-As-Of, "
                    "Jobtrail-Seconds-Behind, Jobtrail-Stream-From");
}

void cors_preflight(const struct api *api, struct visit *visit, const char *allows)
{
    struct response *response = &visit->response;

    response->status = 204;
    response_header(response, "Allow", "%s", allows);
    if (!is_admitted(api, visit))
        return;
    response_header(response, "Access-Control-Allow-Methods", "%s", allows);
    response_header(response, "Access-Control-Allow-Headers", "%s",
                    "Authorization, Content-Type, Idempotency-Key, If-None-Match, "
                    "Jobtrail-Wait-For, Last-Event-ID, traceparent");
    response_header(response, "Access-Control-Max-Age", "%d", 600);
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/operations.h"

#include "serve/gate/gate_thread.h"
#include "serve/http/http_part.h"
#include "serve/process/meters.h"
#include "serve/projection/projection.h"

static void collect_lag(void *self, struct buffer *out)
{
    const struct service *service = self;

    if (service->projection)
        projection_write_lag(service->projection, out);
    else
        meters_write_lag(out, NULL, 0);
}

static void render_metrics(void *self, struct buffer *out)
{
    struct service *service = self;
    const struct metrics_collector collectors[] = {
        {.self = service, .collect = collect_lag},
        meters_build_info(),
    };

    if (service->projection)
        projection_set_gauges(service->projection);
    metrics_render(service->metrics, collectors, sizeof collectors / sizeof *collectors, out);
}

static bool is_ready(void *self, struct buffer *reasons)
{
    struct service *service = self;
    bool ready = true;

    if (service->projection && !projection_is_ready(service->projection, reasons))
        ready = false;
    if (service->gate && !gate_thread_is_ready(service->gate, reasons))
        ready = false;
    if (service->http && !http_part_is_ready(service->http, reasons))
        ready = false;
    if (service->stopping) {
        buffer_append_text(reasons, "stopping\n");
        ready = false;
    }
    return ready;
}

struct admin_callbacks operations_callbacks(struct service *service)
{
    return (struct admin_callbacks){
        .self = service,
        .render_metrics = render_metrics,
        .is_ready = is_ready,
    };
}

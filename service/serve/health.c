// SPDX-License-Identifier: Apache-2.0
#include "serve/health.h"

#include "serve/gate/gate_thread.h"
#include "serve/http/http_part.h"
#include "serve/process/meters.h"
#include "serve/projection/projection.h"
#include "serve/relay/relay.h"

static void collect_lag(void *self, struct buffer *out)
{
    const struct process *process = self;

    if (process->projection)
        projection_write_lag(process->projection, out);
    else
        meters_write_lag(out, NULL, 0);
}

static void render_metrics(void *self, struct buffer *out)
{
    struct process *process = self;
    const struct metrics_collector collectors[] = {
        {.self = process, .collect = collect_lag},
        meters_build_info(),
    };

    if (process->projection)
        projection_set_gauges(process->projection);
    if (process->gate)
        gate_thread_set_gauges(process->gate);
    metrics_render(process->metrics, collectors, sizeof collectors / sizeof *collectors, out);
}

static bool is_ready(void *self, struct buffer *reasons)
{
    struct process *process = self;
    bool ready = true;

    if (process->projection && !projection_is_ready(process->projection, reasons))
        ready = false;
    if (process->gate && !gate_thread_is_ready(process->gate, reasons))
        ready = false;
    if (process->relay && !relay_is_ready(process->relay, reasons))
        ready = false;
    if (process->http && !http_part_is_ready(process->http, reasons))
        ready = false;
    if (process->stopping) {
        buffer_append_text(reasons, "stopping\n");
        ready = false;
    }
    return ready;
}

struct admin_callbacks health_callbacks(struct process *process)
{
    return (struct admin_callbacks){
        .self = process,
        .render_metrics = render_metrics,
        .is_ready = is_ready,
    };
}

// SPDX-License-Identifier: Apache-2.0
#include "support/wire_samples.h"

struct event wire_sample(enum event_kind kind)
{
    struct event event = {
        .kind = kind,
        .id = {{0x3f, 0x2b, 0x8c, 0x01, 0x7d, 0x4e, 0x4a, 0x6f, 0x9b, 1, 2, 3, 4, 5, 6, 7}},
        .attempt = 2,
        .occurred_at_us = INT64_C(1795446000123456),
        .organization_id = SLICE_LITERAL("geo-portal"),
        .job_id = SLICE_LITERAL("job-000000000042"),
        .message = SLICE_LITERAL("d\xc3\xa9j\xc3\xa0 42 of 100 tiles"),
    };

    switch (kind) {
    case JOB_CREATED:
        event.type = SLICE_LITERAL("Load");
        event.creator_id = SLICE_LITERAL("member-7");
        event.cancellable = true;
        break;
    case JOB_PROGRESSED:
        event.progress = 42;
        break;
    case JOB_SUCCEEDED:
        event.result_uri = SLICE_LITERAL("https://example.org/results/42");
        break;
    case JOB_FAILED:
        event.error_code = SLICE_LITERAL("E42");
        event.error_detail = SLICE_LITERAL("the source closed the connection");
        break;
    case JOB_CANCELLED:
        event.has_command = true;
        event.command_id = (struct uuid){{9, 8, 7, 6, 5, 4, 0x53, 2, 0x81}};
        break;
    default:
        break;
    }
    return event;
}

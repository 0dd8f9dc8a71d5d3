// SPDX-License-Identifier: Apache-2.0
#include "wire/layout.h"

#define TEXT(name)                                                                                 \
    {                                                                                              \
#name, LAYOUT_TEXT, false, offsetof(struct event, name), 0                                 \
    }
#define OPTIONAL_TEXT(name)                                                                        \
    {                                                                                              \
#name, LAYOUT_TEXT, true, offsetof(struct event, name), 0                                  \
    }
#define COMMON                                                                                     \
    {"event_id", LAYOUT_UUID, false, offsetof(struct event, id), 0}, TEXT(organization_id),        \
        TEXT(job_id), {"attempt", LAYOUT_INT, false, offsetof(struct event, attempt), 0},          \
        {"occurred_at", LAYOUT_TIME_US, false, offsetof(struct event, occurred_at_us), 0},         \
        OPTIONAL_TEXT(message)
#define LAYOUT(name, fields)                                                                       \
    {                                                                                              \
        name, fields, sizeof(fields) / sizeof(fields)[0], sizeof(struct event)                     \
    }

static const struct layout_field created[] = {
    COMMON,
    TEXT(type),
    OPTIONAL_TEXT(creator_id),
    {"cancellable", LAYOUT_BOOL, false, offsetof(struct event, cancellable), 0},
};
static const struct layout_field started[] = {COMMON};
static const struct layout_field progressed[] = {
    COMMON,
    {"progress", LAYOUT_INT, false, offsetof(struct event, progress), 0},
};
static const struct layout_field succeeded[] = {COMMON, OPTIONAL_TEXT(result_uri)};
static const struct layout_field failed[] = {
    COMMON,
    OPTIONAL_TEXT(error_code),
    OPTIONAL_TEXT(error_detail),
};
static const struct layout_field cancelled[] = {
    COMMON,
    {"command_id", LAYOUT_UUID, true, offsetof(struct event, command_id),
     offsetof(struct event, has_command)},
};

const struct layout event_layouts[EVENT_KINDS] = {
    [JOB_CREATED] = LAYOUT("JobCreated", created),
    [JOB_STARTED] = LAYOUT("JobStarted", started),
    [JOB_PROGRESSED] = LAYOUT("JobProgressed", progressed),
    [JOB_SUCCEEDED] = LAYOUT("JobSucceeded", succeeded),
    [JOB_FAILED] = LAYOUT("JobFailed", failed),
    [JOB_CANCELLED] = LAYOUT("JobCancelled", cancelled),
};

// SPDX-License-Identifier: Apache-2.0
#include "cli/emit/emit_request.h"

#include <string.h>

#include "cli/emit/emit_flags.h"

const char *const emit_request_flags[] = {"requester", "reason", "request-id", "token", NULL};

static const char *const shared_flags[] = {
    "cancel-requested", "organization", "job", "occurred-at", "to", "output", NULL};

static bool is_among(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (!strcmp(*names, name))
            return true;
    return false;
}

static int check_flags(const struct arguments *arguments, struct err *err)
{
    static const char *const needed[] = {"organization", "job", "requester"};

    for (size_t i = 0; i < arguments->flag_count; i++) {
        const char *name = arguments->flags[i].name;

        if (arguments_given(arguments, name) && !is_among(shared_flags, name) &&
            !is_among(emit_request_flags, name))
            return err_set(err, FATAL, "USAGE", "--%s does not belong to a CancelRequested", name);
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!arguments_given(arguments, needed[i]))
            return err_set(err, FATAL, "USAGE", "a CancelRequested needs --%s", needed[i]);
    return DONE;
}

int emit_request_read(const struct arguments *arguments, struct cancel_requested *out,
                      struct err *err)
{
    int rc = check_flags(arguments, err);

    if (!rc)
        rc = emit_read_text(arguments, "organization", &out->organization_id, err);
    if (!rc)
        rc = emit_read_text(arguments, "job", &out->job_id, err);
    if (!rc)
        rc = emit_read_text(arguments, "requester", &out->requester_id, err);
    if (!rc)
        rc = emit_read_text(arguments, "reason", &out->reason, err);
    if (!rc)
        rc = emit_read_id(arguments, "request-id", &out->request_id, err);
    if (!rc)
        rc = emit_read_time(arguments, "occurred-at", &out->requested_at_us, err);
    return rc;
}

// SPDX-License-Identifier: Apache-2.0
// The question before a job's end is asked for: at a terminal, with what the job is.
#pragma once

#include "cli/api/api_client.h"

// 0: yes. FATAL: NOT_ASKED for any other answer, USAGE without a terminal, or as api_get has it;
// RETRY: INTERRUPTED.
int cancel_confirm(struct api_client *client, const char *job_id, struct err *err);

// SPDX-License-Identifier: Apache-2.0
// What the admin listener shows of a running service: its metrics and whether it is ready.
#pragma once

#include "serve/admin.h"
#include "serve/process/process.h"

struct admin_callbacks operations_callbacks(struct process *process);

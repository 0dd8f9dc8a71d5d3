// SPDX-License-Identifier: Apache-2.0
// What the admin listener shows of a running process: its metrics, and whether it is ready
// (/readyz).
#pragma once

#include "serve/admin.h"
#include "serve/process/process.h"

struct admin_callbacks health_callbacks(struct process *process);

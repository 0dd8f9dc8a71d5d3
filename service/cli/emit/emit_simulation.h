// SPDX-License-Identifier: Apache-2.0
// emit --simulate: a stream of lifelike jobs.
#pragma once

#include "cli/emit/emitter.h"
#include "cli/terminal/command.h"

// The flags it reads: simulate, rate, disorder, organizations, members, running, seed.
int emit_simulation(const struct invocation *invocation, struct emitter *emitter, struct err *err);

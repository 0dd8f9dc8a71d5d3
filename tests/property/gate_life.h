// SPDX-License-Identifier: Apache-2.0
// The life of a job as the gate may meet it: mostly a plausible one, now and then any set of
// events.
#pragma once

#include "property/event_generator.h"

// In the order in which the events come, with repeats.
void gate_life_draw(const struct event_generator *generator, struct slice organization_id,
                    struct slice job_id, struct dice *dice, struct event_set *out);

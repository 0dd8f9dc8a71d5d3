// SPDX-License-Identifier: Apache-2.0
// How a topic that is read must be set up.
#pragma once

#include "kafka/inspector.h"

// broker_stamps: it must have the broker's timestamps (LogAppendTime). DONE, also where its
// settings may not be read; RETRY with reason TOPIC_MISSING; FATAL with TOPIC_COMPACTED or
// TOPIC_TIMESTAMPS and the command that mends it.
int topic_judge(const char *topic, const struct topic_state *state, bool broker_stamps,
                struct err *err);

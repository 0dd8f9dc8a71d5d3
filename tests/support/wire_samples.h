// SPDX-License-Identifier: Apache-2.0
// One whole event of each kind, with every field set: what tests and fuzz seeds of the wire begin
// with.
#pragma once

#include "core/event.h"

struct event wire_sample(enum event_kind kind);

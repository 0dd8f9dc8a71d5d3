// SPDX-License-Identifier: Apache-2.0
// How large a Kafka record may be. What may be in one is limited by core/event.h and core/cancel.h.
#pragma once

// A framed value larger than this is refused unread: a dead letter (docs/design.md, section 4).
enum { RECORD_VALUE_MAX_BYTES = 1024 * 1024 };

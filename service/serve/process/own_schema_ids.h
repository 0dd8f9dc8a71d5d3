// SPDX-License-Identifier: Apache-2.0
// How messages of ours name their schema: by the registry's id where a registry is configured, in
// single-object framing by the fingerprint otherwise.
#pragma once

#include "registry/registry.h"
#include "wire/cancel_messages.h"

// Both register schemas of ours, each under its full name (idempotent), and give their ids by kind;
// without a registry only *framing. They block. Errors as registry_new and registry_register have
// them.

// Those of all events.
int event_schema_ids(const struct registry_options *options, enum framing *framing,
                     uint32_t ids[EVENT_KINDS], struct err *err);
// Those of these kinds of cancel messages; the other ids are left alone.
int cancel_schema_ids(const struct registry_options *options, const enum cancel_message_kind *kinds,
                      size_t count, enum framing *framing, uint32_t ids[CANCEL_MESSAGE_KINDS],
                      struct err *err);

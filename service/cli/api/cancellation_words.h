// SPDX-License-Identifier: Apache-2.0
// What the codes in the ledger of cancel requests mean, in a person's words.
#pragma once

#include "base/slice.h"

// Each NULL for a code that is absent or none of ours.
const char *cancellation_reason_words(struct slice reason_code);
const char *cancellation_outcome_words(struct slice outcome);
// How far it is sure who asked; "proven" by whatever cancel.requests.authentication asks for.
const char *cancellation_identity_words(struct slice reason_code);

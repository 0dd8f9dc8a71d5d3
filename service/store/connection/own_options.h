// SPDX-License-Identifier: Apache-2.0
// Options of a connection that outlive the caller's: with copies of their strings.
#pragma once

#include "store/projection/store.h"

// Strings that are NULL become empty. False without memory; own_options_free all the same.
bool own_options(struct store_options *own, const struct store_options *options) MUST_CHECK;
// Of what own_options filled, or of zeros.
void own_options_free(struct store_options *own);

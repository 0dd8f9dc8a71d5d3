// SPDX-License-Identifier: Apache-2.0
// A token that is good whenever it is asked for, from a sign-in: renewed before it expires, by one
// process at a time, since a refresh token may work once. Not thread-safe.
#pragma once

#include "base/buffer.h"
#include "base/err.h"

struct signed_in;

// *out NULL: nobody is signed in at this address. ca_file: NULL, the system's; borrowed. FATAL
// (CONFIGURATION).
int signed_in_open(const char *url, const char *ca_file, struct signed_in **out, struct err *err);
void signed_in_free(struct signed_in *signed_in);
// Where tokens have the organisation, a JSON pointer; "" if it is not known.
const char *signed_in_organization_claim(const struct signed_in *signed_in);

// Appends the token, renewed if it is about to expire. FATAL (NOT_AUTHENTICATED): the sign-in has
// ended; RETRY (ISSUER_AWAY, BUSY, INTERRUPTED).
int signed_in_token(struct signed_in *signed_in, struct buffer *out, struct err *err);
// The API would not take the token of before: the next one is another, or FATAL as above; the same
// where there is nothing to renew it with.
int signed_in_renew(struct signed_in *signed_in, struct err *err);

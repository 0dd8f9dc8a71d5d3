// SPDX-License-Identifier: Apache-2.0
// What a proxy says of the request that it hands on. Only what a trusted one says is to be
// believed. Pure.
#pragma once

#include "base/networks.h"
#include "http/request.h"

// Whether anything shows that a proxy handed the request on.
bool forwarded_by_proxy(const struct request *request);
// The client's address: of those in X-Forwarded-For the last that is none of the trusted. False: it
// names none.
bool forwarded_client(const struct request *request, const struct networks *trusted,
                      struct address *out) MUST_CHECK;
// "https" or "http" of X-Forwarded-Proto; null: it is not there, or says something else.
struct slice forwarded_scheme(const struct request *request);
// Of X-Forwarded-Host, or else Host, if it can stand in an address: a name or an address, maybe
// with a port. Null: it cannot, or there is none.
struct slice forwarded_host(const struct request *request);
// Host alone, likewise.
struct slice asked_host(const struct request *request);

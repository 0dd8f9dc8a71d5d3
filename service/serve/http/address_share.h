// SPDX-License-Identifier: Apache-2.0
// How much of the listener one address has (of IPv6 one network of 64 bits): its connections, and,
// where a trusted proxy connects for everybody, the requests that it hands on for that address at a
// time. Thread-safe.
#pragma once

#include "base/networks.h"
#include "http/request.h"
#include "view/share.h"

struct address_share;

// What is held for an address until it is given back.
struct address_claim {
    struct address address;
    bool is_held;
};

// trusted is borrowed. RETRY without memory.
int address_share_new(size_t each, const struct networks *trusted, struct address_share **out,
                      struct err *err);
// Accepts NULL.
void address_share_free(struct address_share *share);
// A connection from there. *is_proxy: it is a trusted one, and holds nothing.
enum share_answer address_share_connect(struct address_share *share, const struct sockaddr *from,
                                        bool *is_proxy, struct address_claim *claim) MUST_CHECK;
// A request that a trusted proxy hands on. One that does not say for whom holds nothing.
enum share_answer address_share_ask(struct address_share *share, const struct request *request,
                                    struct address_claim *claim) MUST_CHECK;
// Gives back what the claim holds; any number of times.
void address_share_give_back(struct address_share *share, struct address_claim *claim);

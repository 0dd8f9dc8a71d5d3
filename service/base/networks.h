// SPDX-License-Identifier: Apache-2.0
// Addresses of machines, and networks of them as operators list them (10.0.0.0/8, fd00::/8, ::1).
// Pure.
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "base/slice.h"

struct sockaddr;

enum { ADDRESS_BYTES = 16 };

struct address {
    unsigned char bytes[ADDRESS_BYTES]; // IPv6; IPv4 mapped into it (RFC 4291, section 2.5.5.2)
};

enum { ADDRESS_TEXT_SIZE = 46 };

struct network {
    struct address address;
    unsigned bits; // how many are the network's, of 128
};

struct networks {
    const struct network *all;
    size_t count;
};

// "192.0.2.7", "2001:db8::7", and as proxies write them with a port: "192.0.2.7:80", "[::1]:80".
bool address_read(struct slice text, struct address *out) MUST_CHECK;
// False: of another family.
bool address_of_socket(const struct sockaddr *from, struct address *out) MUST_CHECK;
// The part of an address that tells whose it is: all of IPv4's; of IPv6's the first 64 bits, for a
// machine has the rest to itself and takes as many as it likes (RFC 4291, section 2.5.4; RFC 8981).
// Two of one owner are equal, two of others are not. Points into the address.
struct slice address_owner(const struct address *address);
// As people write it.
void address_write(const struct address *address, char out[ADDRESS_TEXT_SIZE]);
// An address, or one with a slash and the number of the network's bits.
bool network_read(struct slice text, struct network *out) MUST_CHECK;
bool networks_have(const struct networks *networks, const struct address *address);

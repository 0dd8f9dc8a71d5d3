// SPDX-License-Identifier: Apache-2.0
#include "base/networks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum {
    IPV4_BYTES = 4,
    IPV4_AT = ADDRESS_BYTES - IPV4_BYTES,
    IPV6_OWNER_BYTES = 8,
    BYTE_BITS = 8,
    BITS_DIGITS = 3
};

static void map_ipv4(const void *ipv4, struct address *out)
{
    memset(out->bytes, 0, IPV4_AT);
    out->bytes[IPV4_AT - 1] = out->bytes[IPV4_AT - 2] = 0xff;
    memcpy(out->bytes + IPV4_AT, ipv4, IPV4_BYTES);
}

// Without a port.
static bool read_bare(struct slice text, struct address *out, bool *is_ipv4)
{
    char copy[INET6_ADDRSTRLEN];
    struct in_addr ipv4;

    if (!text.size || text.size >= sizeof copy || memchr(text.data, '\0', text.size))
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    *is_ipv4 = inet_pton(AF_INET, copy, &ipv4) == 1;
    if (*is_ipv4)
        map_ipv4(&ipv4, out);
    return *is_ipv4 || inet_pton(AF_INET6, copy, out->bytes) == 1;
}

// What is before the port, without brackets.
static struct slice without_port(struct slice text)
{
    const char *bracket = text.size ? memchr(text.data, ']', text.size) : NULL;
    const char *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
    size_t before = colon ? (size_t)(colon - text.data) : 0;

    if (bracket && text.data[0] == '[')
        return (struct slice){text.data + 1, (size_t)(bracket - text.data) - 1};
    if (colon && !memchr(colon + 1, ':', text.size - before - 1))
        return (struct slice){text.data, before};
    return text;
}

bool address_read(struct slice text, struct address *out)
{
    bool is_ipv4;

    return read_bare(without_port(text), out, &is_ipv4);
}

bool address_of_socket(const struct sockaddr *from, struct address *out)
{
    if (from->sa_family == AF_INET) {
        map_ipv4(&((const struct sockaddr_in *)from)->sin_addr, out);
        return true;
    }
    if (from->sa_family == AF_INET6)
        memcpy(out->bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, ADDRESS_BYTES);
    return from->sa_family == AF_INET6;
}

static bool is_mapped_ipv4(const struct address *address)
{
    static const struct network ipv4 = {.address = {{[IPV4_AT - 2] = 0xff, [IPV4_AT - 1] = 0xff}},
                                        .bits = IPV4_AT * BYTE_BITS};

    return networks_have(&(struct networks){&ipv4, 1}, address);
}

struct slice address_owner(const struct address *address)
{
    return (struct slice){(const char *)address->bytes,
                          is_mapped_ipv4(address) ? ADDRESS_BYTES : IPV6_OWNER_BYTES};
}

void address_write(const struct address *address, char out[ADDRESS_TEXT_SIZE])
{
    bool is_ipv4 = is_mapped_ipv4(address);

    inet_ntop(is_ipv4 ? AF_INET : AF_INET6, address->bytes + (is_ipv4 ? IPV4_AT : 0), out,
              ADDRESS_TEXT_SIZE);
}

static bool read_bits(struct slice text, unsigned most, unsigned *out)
{
    unsigned bits = 0;

    if (!text.size || text.size > BITS_DIGITS)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        bits = bits * 10 + (unsigned)(text.data[i] - '0');
    }
    *out = bits;
    return bits <= most;
}

bool network_read(struct slice text, struct network *out)
{
    const char *slash = text.size ? memchr(text.data, '/', text.size) : NULL;
    struct slice bits = SLICE_NULL;
    bool is_ipv4;

    if (slash) {
        bits = (struct slice){slash + 1, text.size - (size_t)(slash - text.data) - 1};
        text.size = (size_t)(slash - text.data);
    }
    if (!read_bare(text, &out->address, &is_ipv4))
        return false;
    out->bits = ADDRESS_BYTES * BYTE_BITS;
    if (!slash)
        return true;
    if (!read_bits(bits, (is_ipv4 ? IPV4_BYTES : ADDRESS_BYTES) * BYTE_BITS, &out->bits))
        return false;
    if (is_ipv4)
        out->bits += IPV4_AT * BYTE_BITS;
    return true;
}

static bool has(const struct network *network, const struct address *address)
{
    size_t whole = network->bits / BYTE_BITS;
    unsigned rest = network->bits % BYTE_BITS, shift = BYTE_BITS - rest;

    if (memcmp(network->address.bytes, address->bytes, whole) != 0)
        return false;
    return !rest || network->address.bytes[whole] >> shift == address->bytes[whole] >> shift;
}

bool networks_have(const struct networks *networks, const struct address *address)
{
    for (size_t i = 0; i < networks->count; i++)
        if (has(&networks->all[i], address))
            return true;
    return false;
}

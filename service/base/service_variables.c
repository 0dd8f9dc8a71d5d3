// SPDX-License-Identifier: Apache-2.0
#include "base/service_variables.h"

#include <string.h>

static const char *const protocols[] = {"tcp", "udp", "sctp"};
static const char *const upper_protocols[] = {"TCP", "UDP", "SCTP"};

enum { PROTOCOLS = sizeof protocols / sizeof *protocols };

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);

    return size > end_size && !strcmp(text + size - end_size, end);
}

static bool is_address(const char *value)
{
    for (size_t i = 0; i < PROTOCOLS; i++) {
        size_t size = strlen(protocols[i]);

        if (!strncmp(value, protocols[i], size) && !strncmp(value + size, "://", 3))
            return true;
    }
    return false;
}

// "80_TCP", maybe with what of it the variable tells.
static bool is_port_and_protocol(const char *text)
{
    static const char *const parts[] = {"", "_PROTO", "_PORT", "_ADDR"};
    size_t digits = strspn(text, "0123456789");

    if (!digits || text[digits] != '_')
        return false;
    text += digits + 1;
    for (size_t i = 0; i < PROTOCOLS; i++) {
        size_t size = strlen(upper_protocols[i]);

        for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
            if (!strncmp(text, upper_protocols[i], size) && !strcmp(text + size, parts[part]))
                return true;
    }
    return false;
}

bool is_service_variable(const char *name, const char *value)
{
    static const char port[] = "_PORT_";

    if (ends_with(name, "_SERVICE_HOST") || ends_with(name, "_SERVICE_PORT") ||
        strstr(name, "_SERVICE_PORT_"))
        return true;
    if (ends_with(name, "_PORT") && is_address(value))
        return true;
    for (const char *at = strstr(name, port); at; at = strstr(at + 1, port))
        if (is_port_and_protocol(at + sizeof port - 1))
            return true;
    return false;
}

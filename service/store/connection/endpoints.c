// SPDX-License-Identifier: Apache-2.0
#include "store/connection/endpoints.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { SHORTEST_TIMEOUT_S = 2, LONGEST_TIMEOUT_S = 3600 }; // the shortest is libpq's own

static const char *value_of(const PQconninfoOption *options, const char *name)
{
    for (; options->keyword; options++)
        if (!strcmp(options->keyword, name))
            return options->val ? options->val : "";
    return "";
}

static size_t count_elements(const char *list)
{
    size_t count = 1;

    for (; *list; list++)
        count += *list == ',';
    return count;
}

// An element of a list with commas; the only one of a list stands for all.
static char *copy_element(const char *list, size_t index)
{
    if (!strchr(list, ','))
        index = 0;
    for (; index; index--) {
        const char *comma = strchr(list, ',');

        if (!comma)
            return strdup("");
        list = comma + 1;
    }
    return strndup(list, strcspn(list, ","));
}

static int add(struct endpoints *out, char *host, char *hostaddr, char *port, struct err *err)
{
    struct endpoint *items = realloc(out->items, (out->count + 1) * sizeof *items);

    if (items) {
        out->items = items;
        out->items[out->count++] = (struct endpoint){host, hostaddr, port};
    } else {
        free(host);
        free(hostaddr);
        free(port);
    }
    return items && host && port ? DONE : err_no_memory(err);
}

static bool is_name(const char *host)
{
    return *host && *host != '/' && *host != '@';
}

// One for each address that the name has. If it has none now, libpq will say why.
static int add_addresses(struct endpoints *out, const char *host, const char *port, struct err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int rc = DONE;

    if (!is_name(host) || getaddrinfo(host, NULL, &hints, &found) || !found->ai_next) {
        if (found)
            freeaddrinfo(found);
        return add(out, strdup(host), NULL, strdup(port), err);
    }
    for (const struct addrinfo *one = found; !rc && one; one = one->ai_next) {
        char address[NI_MAXHOST];

        if (getnameinfo(one->ai_addr, one->ai_addrlen, address, sizeof address, NULL, 0,
                        NI_NUMERICHOST))
            continue;
        rc = add(out, strdup(host), strdup(address), strdup(port), err);
    }
    freeaddrinfo(found);
    return rc;
}

static int add_element(struct endpoints *out, const PQconninfoOption *options, size_t index,
                       struct err *err)
{
    char *host = copy_element(value_of(options, "host"), index);
    char *hostaddr = copy_element(value_of(options, "hostaddr"), index);
    char *port = copy_element(value_of(options, "port"), index);
    int rc;

    if (host && hostaddr && port && *hostaddr)
        return add(out, host, hostaddr, port, err);
    rc = host && hostaddr && port ? add_addresses(out, host, port, err) : err_no_memory(err);
    free(host);
    free(hostaddr);
    free(port);
    return rc;
}

static void read_timeout(struct endpoints *out, const char *text)
{
    long seconds = strtol(text, NULL, 10);

    if (seconds <= 0)
        return;
    if (seconds < SHORTEST_TIMEOUT_S)
        seconds = SHORTEST_TIMEOUT_S;
    if (seconds > LONGEST_TIMEOUT_S)
        seconds = LONGEST_TIMEOUT_S;
    out->connect_timeout_ms = (int)seconds * 1000;
}

int endpoints_of(PGconn *connection, struct endpoints *out, struct err *err)
{
    PQconninfoOption *options = PQconninfo(connection);
    const char *list;
    size_t count;
    int rc = DONE;

    *out = (struct endpoints){0};
    if (!options)
        return err_no_memory(err);
    list = value_of(options, "hostaddr");
    list = *list ? list : value_of(options, "host");
    count = count_elements(list);
    read_timeout(out, value_of(options, "connect_timeout"));
    out->prefers_standby = !strcmp(value_of(options, "target_session_attrs"), "prefer-standby");
    for (size_t i = 0; !rc && i < count; i++)
        rc = add_element(out, options, i, err);
    PQconninfoFree(options);
    return rc;
}

void endpoints_free(struct endpoints *endpoints)
{
    for (size_t i = 0; i < endpoints->count; i++) {
        free(endpoints->items[i].host);
        free(endpoints->items[i].hostaddr);
        free(endpoints->items[i].port);
    }
    free(endpoints->items);
    *endpoints = (struct endpoints){0};
}

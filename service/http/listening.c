// SPDX-License-Identifier: Apache-2.0
#include "http/listening.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_on(const struct addrinfo *address, int backlog)
{
    int yes = 1, why;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    if (!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) &&
        (address->ai_family != AF_INET6 ||
         !setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes)) &&
        !bind(fd, address->ai_addr, address->ai_addrlen) && !listen(fd, backlog))
        return fd;
    why = errno;
    close(fd);
    errno = why;
    return -1;
}

int listening_open(const struct listen_address *address, const char *option, int backlog, int *fd,
                   struct err *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    char port[8];
    int why;

    snprintf(port, sizeof port, "%u", address->port);
    why = getaddrinfo(address->host, port, &hints, &found);
    if (why)
        return err_set(err, FATAL, "LISTEN", "%s: cannot resolve \"%s\": %s", option, address->host,
                       gai_strerror(why));
    *fd = listen_on(found, backlog);
    why = errno;
    freeaddrinfo(found);
    if (*fd >= 0)
        return DONE;
    return err_set(err, FATAL, "LISTEN", "%s: cannot listen on %s port %s: %s", option,
                   address->host, port, strerror(why));
}

uint16_t listening_port(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &size))
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

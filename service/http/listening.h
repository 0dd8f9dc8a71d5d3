// SPDX-License-Identifier: Apache-2.0
// A listening socket. If an address will not do, the error says why.
#pragma once

#include "base/err.h"
#include "base/option_value.h"

// option: its name, for the message. FATAL with reason LISTEN.
int listening_open(const struct listen_address *address, const char *option, int backlog, int *fd,
                   struct err *err);
// The port that is bound: of use where the address said 0.
uint16_t listening_port(int fd);

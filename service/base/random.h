// SPDX-License-Identifier: Apache-2.0
// Random bytes from the kernel. core never includes this: it is handed a port.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Never fails: blocks until the kernel's pool is ready.
void random_bytes(void *out, size_t size);
uint64_t random_u64(void);

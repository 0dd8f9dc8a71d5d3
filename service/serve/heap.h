// SPDX-License-Identifier: Apache-2.0
// How the C library keeps what was freed.
#pragma once

enum { HEAP_LARGE_BYTES = 256 * 1024 };

// From now on blocks of that size and more are the system's again as soon as they are freed.
// Without it glibc keeps all up to the largest that was ever freed (32 MiB at most), in an arena of
// each thread, between small blocks that come and go. Before other threads are started.
void heap_give_back_large(void);

// SPDX-License-Identifier: Apache-2.0
#include "serve/heap.h"

#include <malloc.h>

void heap_give_back_large(void)
{
#ifdef M_MMAP_THRESHOLD
    // Setting it is what keeps glibc from raising it.
    mallopt(M_MMAP_THRESHOLD, HEAP_LARGE_BYTES);
#endif
}

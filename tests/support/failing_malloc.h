// SPDX-License-Identifier: Apache-2.0
// Makes an allocation of our own code fail (jobtrail_test with WRAP_MALLOC). Thread-safe: the
// count is shared by all threads. Libraries keep their own malloc unless they are told of
// failing_malloc and failing_free.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The n-th allocation from now (the first is 1) fails; those before and after succeed.
void failing_malloc_after(long n);
// No allocation fails from now on.
void failing_malloc_never(void);
// Whether the one that failing_malloc_after announced has happened.
bool failing_malloc_happened(void);

// For libraries that take their allocator as an argument; counted with the others.
void *failing_malloc(size_t size);
void failing_free(void *memory);

// SPDX-License-Identifier: Apache-2.0
// The linker sends malloc and its kin here (-Wl,--wrap=...), and __real_malloc to the C library.
#include "support/failing_malloc.h"

#include <stdatomic.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

static atomic_long countdown; // 1: the next one fails; 0 and below: none does
static atomic_bool happened;

void failing_malloc_after(long n)
{
    atomic_store(&happened, false);
    atomic_store(&countdown, n);
}

void failing_malloc_never(void)
{
    atomic_store(&countdown, 0);
}

bool failing_malloc_happened(void)
{
    return atomic_load(&happened);
}

static bool fails_now(void)
{
    if (atomic_load(&countdown) <= 0 || atomic_fetch_sub(&countdown, 1) != 1)
        return false;
    atomic_store(&happened, true);
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails_now() ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
    return fails_now() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
    return fails_now() ? NULL : __real_strndup(text, size);
}

void *failing_malloc(size_t size)
{
    return __wrap_malloc(size);
}

void failing_free(void *memory)
{
    free(memory);
}

// SPDX-License-Identifier: MIT
// Memory, from one place: the tests link another alloc.c that counts, and that fails on request.
#ifndef ASYNCIO__BASE_ALLOC_H
#define ASYNCIO__BASE_ALLOC_H

#include <stddef.h>

// NULL when there is none. The memory is not cleared.
void *asyncio__alloc(size_t size);
void *asyncio__alloc_aligned(size_t alignment, size_t size);
void asyncio__free(void *pointer);

#endif

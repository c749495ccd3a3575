// SPDX-License-Identifier: MIT
// Pools: small objects in slabs, a list of slabs for each size class. Tasks come and go by the million, and a general
// allocator costs several times their whole life.
#ifndef ASYNCIO__BASE_POOL_H
#define ASYNCIO__BASE_POOL_H

#include "list.h"

enum { ASYNCIO__POOL_STEP = 32, ASYNCIO__POOL_CLASSES = 16 };

// One for each thread. Zeroed memory is an empty pool.
typedef struct asyncio__pool {
  struct {
    asyncio__link slabs;  // those with room, the last used first
    unsigned empty;       // how many of them hold nothing; at most one is kept
    bool ready;           // the list head is initialised
  } classes[ASYNCIO__POOL_CLASSES];
} asyncio__pool;

// [size] bytes for the caller, who remembers the size; NULL when memory is out. Larger than the largest class is fine.
void *asyncio__pool_alloc(asyncio__pool *pool, size_t size);
void asyncio__pool_free(asyncio__pool *pool, void *pointer, size_t size);

// Gives the empty slabs back.
void asyncio__pool_release(asyncio__pool *pool);

#endif

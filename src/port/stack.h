// SPDX-License-Identifier: MIT
// Stacks for coroutines: blocks of memory, pooled by size.
#ifndef ASYNCIO__PORT_STACK_H
#define ASYNCIO__PORT_STACK_H

#include "../base/list.h"

// Powers of two from 2 KiB to 1 MiB are pooled; a larger stack is one allocation.
enum { ASYNCIO__STACK_CLASSES = 10, ASYNCIO__STACK_SMALLEST_SHIFT = 11 };

// One for each thread. Zeroed memory is an empty pool.
typedef struct asyncio__stacks {
  void *idle[ASYNCIO__STACK_CLASSES];  // by class; an idle block points at the next
  size_t idle_bytes;
  size_t live_bytes;
  size_t refused;  // how large the block was that was last asked for in vain
} asyncio__stacks;

// A block of at least *[size] bytes, aligned to 16, and in *[size] how large it is; NULL when memory is out.
void *asyncio__stack_take(asyncio__stacks *stacks, size_t *size);
void asyncio__stack_give(asyncio__stacks *stacks, void *block, size_t size);  // [size] as take returned it

// Gives the idle blocks back.
void asyncio__stacks_release(asyncio__stacks *stacks);

// The word at the low end of a stack, which an overflow reaches first.
void asyncio__canary_set(void *block);
bool asyncio__canary_intact(const void *block);
enum { ASYNCIO__CANARY_SIZE = 16 };

#endif

// SPDX-License-Identifier: MIT
// The pool keeps at most a fixed number of idle bytes: a program that once had 100,000 tasks parked does not hold on to
// their stacks, and one that starts tasks one after another uses the same warm block each time.
#include "coro.h"

#include <stdint.h>
#include <string.h>

#include "../base/alloc.h"

enum { MOST_IDLE_BYTES = 4 * 1024 * 1024 };

_Thread_local void *asyncio__coro_parkable;

static const uint64_t canary = 0x5afe57acc0117071u;

// Blocks a power of two apart would all have their busy ends in the same few sets of the processor's cache: a switch
// between a thousand tasks then takes half as long again. An odd number of cache lines more spreads them over all sets.
enum { SPREAD = 64 };

static size_t size_of(unsigned class) { return ((size_t)1 << (ASYNCIO__STACK_SMALLEST_SHIFT + class)) + SPREAD; }

static unsigned class_of(size_t size) {
  if (size <= size_of(0)) return 0;
  unsigned bits = 64 - (unsigned)__builtin_clzll((unsigned long long)size - SPREAD - 1);
  unsigned class = bits - ASYNCIO__STACK_SMALLEST_SHIFT;
  return class < ASYNCIO__STACK_CLASSES ? class : ASYNCIO__STACK_CLASSES;
}

void *asyncio__stack_take(asyncio__stacks *stacks, size_t *size) {
  unsigned class = class_of(*size);
  void *block = NULL;
  stacks->refused = *size;
  if (*size > PTRDIFF_MAX / 2) return NULL;
  if (class < ASYNCIO__STACK_CLASSES) {
    *size = size_of(class);
    block = stacks->idle[class];
  } else {
    *size = (*size + 15) / 16 * 16;
  }
  if (block) {
    stacks->idle[class] = *(void **)block;
    stacks->idle_bytes -= *size;
  } else {
    stacks->refused = *size;
    block = asyncio__alloc_aligned(16, *size);
  }
  if (block) stacks->live_bytes += *size;
  return block;
}

void asyncio__stack_give(asyncio__stacks *stacks, void *block, size_t size) {
  unsigned class = class_of(size);
  stacks->live_bytes -= size;
  if (class == ASYNCIO__STACK_CLASSES || stacks->idle_bytes + size > MOST_IDLE_BYTES) {
    asyncio__free(block);
    return;
  }
  *(void **)block = stacks->idle[class];
  stacks->idle[class] = block;
  stacks->idle_bytes += size;
}

void asyncio__stacks_release(asyncio__stacks *stacks) {
  for (unsigned class = 0; class < ASYNCIO__STACK_CLASSES; class ++) {
    void *block;
    while ((block = stacks->idle[class])) {
      stacks->idle[class] = *(void **)block;
      asyncio__free(block);
    }
  }
  stacks->idle_bytes = 0;
}

void asyncio__canary_set(void *block) { memcpy(block, &canary, sizeof canary); }

bool asyncio__canary_intact(const void *block) {
  uint64_t found;
  memcpy(&found, block, sizeof found);
  return found == canary;
}

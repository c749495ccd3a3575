// SPDX-License-Identifier: MIT
// The timers of a loop, earliest first, in the order they were armed where times are equal.
#ifndef ASYNCIO__CORE_HEAP_H
#define ASYNCIO__CORE_HEAP_H

#include "entry.h"

typedef struct asyncio__heap_node {
  double when;  // the timer's, here too, so that sifting reads no timer
  asyncio__timer *timer;
} asyncio__heap_node;

// Zeroed memory is an empty heap.
typedef struct asyncio__heap {
  asyncio__heap_node *nodes;
  ptrdiff_t count;
  ptrdiff_t capacity;
  uint64_t sequence;
} asyncio__heap;

asyncio_status asyncio__heap_push(asyncio__heap *heap, asyncio__timer *timer, double when);
void asyncio__heap_remove(asyncio__heap *heap, asyncio__timer *timer);
void asyncio__heap_release(asyncio__heap *heap);

static inline asyncio__timer *asyncio__heap_first(const asyncio__heap *heap) {
  return heap->count ? heap->nodes[0].timer : NULL;
}

#endif

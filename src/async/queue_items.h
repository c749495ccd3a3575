// SPDX-License-Identifier: MIT
// What a queue holds, apart from who waits for it.
#ifndef ASYNCIO__ASYNC_QUEUE_ITEMS_H
#define ASYNCIO__ASYNC_QUEUE_ITEMS_H

#include "asyncio/queue.h"

typedef struct asyncio__item {
  asyncio_value value;  // owned
  double priority;      // in a priority queue
  uint64_t sequence;    // the order of putting, which breaks ties
} asyncio__item;

enum { ASYNCIO__FIFO, ASYNCIO__LIFO, ASYNCIO__PRIORITY };

// Takes over [item]'s value unless it fails: MemoryError.
asyncio_status asyncio__items_push(asyncio_queue *queue, asyncio__item item);

// The next item's value, which the caller owns; there must be one.
asyncio_value asyncio__items_pop(asyncio_queue *queue);

#endif

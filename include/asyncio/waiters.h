// SPDX-License-Identifier: MIT
// What locks, events and queues keep those in who wait for them. The library's own: nothing here is for programs.
#ifndef ASYNCIO_WAITERS_H
#define ASYNCIO_WAITERS_H

typedef struct asyncio__waiter asyncio__waiter;

typedef struct asyncio__waiter_list {
  asyncio__waiter *first;
  asyncio__waiter *last;
} asyncio__waiter_list;

// Zeroed memory is nobody.
typedef struct asyncio__waiters {
  asyncio__waiter_list waiting;  // in the order they came; the cancelled among them until they go on
  asyncio__waiter_list woken;    // until they go on
} asyncio__waiters;

#endif

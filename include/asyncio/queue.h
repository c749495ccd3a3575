// SPDX-License-Identifier: MIT
// Queues: items that tasks hand to each other, first in first out, last in first out, or the least first.
//
//   asyncio_queue jobs;
//   ASYNCIO_TRY(asyncio_queue_init(&jobs, 0));
//   ASYNCIO_TRY(asyncio_queue_put(&jobs, asyncio_int(7)));   // here
//   ASYNCIO_TRY(asyncio_queue_get(&jobs, &item));            // there
//   asyncio_queue_destroy(&jobs);
#ifndef ASYNCIO_QUEUE_H
#define ASYNCIO_QUEUE_H

#include "coroutine.h"
#include "waiters.h"

#ifdef __cplusplus
extern "C" {
#endif

struct asyncio__item;

// Owned by whoever has it, on a stack or in a struct; asyncio_queue_destroy gives its memory back.
typedef struct asyncio_queue {
  asyncio__waiters asyncio__getters;
  asyncio__waiters asyncio__putters;
  asyncio__waiters asyncio__joiners;
  struct asyncio__item *asyncio__items;
  size_t asyncio__capacity;
  size_t asyncio__first;  // of a FIFO: where the oldest item is
  size_t asyncio__count;
  size_t asyncio__unfinished;
  uint64_t asyncio__sequence;
  int asyncio__maxsize;
  unsigned char asyncio__order;
  bool asyncio__shut_down;
} asyncio_queue;

// An empty queue with room for [maxsize] items; 0 or less for any number. A get gives the oldest item, the newest, or
// the one of the least priority (the oldest of those). TypeError for NULL.
asyncio_status asyncio_queue_init(asyncio_queue *queue, int maxsize);
asyncio_status asyncio_lifo_queue_init(asyncio_queue *queue, int maxsize);
asyncio_status asyncio_priority_queue_init(asyncio_queue *queue, int maxsize);

// Drops the items and gives the memory back. Tasks that still wait get QueueShutDown, in join OK, and do not touch the
// queue any more: it may go at once.
void asyncio_queue_destroy(asyncio_queue *queue);

// Suspends until there is room, and puts [item], which it takes over, also on failure. In a priority queue [item] is a
// number that is its own priority. QueueShutDown; CancelledError; MemoryError; TypeError for NULL, or for what is no
// number in a priority queue, ValueError for NaN there; RuntimeError outside a coroutine, or when tasks of another loop
// wait.
ASYNCIO_SUSPENDS asyncio_status asyncio_queue_put(asyncio_queue *queue, asyncio_value item);

// The same for a priority queue with a priority beside the item. TypeError in another queue.
ASYNCIO_SUSPENDS asyncio_status asyncio_priority_queue_put(asyncio_queue *queue, double priority, asyncio_value item);

// Suspends until there is an item and gives it in [item], which the caller owns (none on failure; NULL drops it).
// QueueShutDown when it was shut down and is empty; CancelledError; RuntimeError and TypeError as above.
ASYNCIO_SUSPENDS asyncio_status asyncio_queue_get(asyncio_queue *queue, asyncio_value *item);

// Suspends until asyncio_queue_task_done was called for every item that was put; not at all when it was.
// CancelledError, RuntimeError and TypeError as above.
ASYNCIO_SUSPENDS asyncio_status asyncio_queue_join(asyncio_queue *queue);

// The same as coroutine objects; those that put own [item] from now on. NULL with TypeError, ValueError or MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_queue_put_coroutine(asyncio_queue *queue, asyncio_value item);
ASYNCIO_MUST_USE asyncio_future *asyncio_priority_queue_put_coroutine(asyncio_queue *queue, double priority,
                                                                      asyncio_value item);
ASYNCIO_MUST_USE asyncio_future *asyncio_queue_get_coroutine(asyncio_queue *queue);
ASYNCIO_MUST_USE asyncio_future *asyncio_queue_join_coroutine(asyncio_queue *queue);

// The same without waiting, from anywhere: QueueFull, with [item] dropped, or QueueEmpty instead.
asyncio_status asyncio_queue_put_nowait(asyncio_queue *queue, asyncio_value item);
asyncio_status asyncio_priority_queue_put_nowait(asyncio_queue *queue, double priority, asyncio_value item);
asyncio_status asyncio_queue_get_nowait(asyncio_queue *queue, asyncio_value *item);

// Tells that an item that was got has been dealt with. ValueError when called more often than items were put.
asyncio_status asyncio_queue_task_done(asyncio_queue *queue);

// From now on put fails with QueueShutDown, and get when the queue is empty; those who wait are told. With [immediate]
// the items are dropped and count as done.
void asyncio_queue_shutdown(asyncio_queue *queue, bool immediate);

// Its items, how many it holds at most (0 or less: any number), and whether it has none, or room for no more.
size_t asyncio_queue_qsize(const asyncio_queue *queue);
int asyncio_queue_maxsize(const asyncio_queue *queue);
bool asyncio_queue_empty(const asyncio_queue *queue);
bool asyncio_queue_full(const asyncio_queue *queue);

#ifdef __cplusplus
}
#endif
#endif

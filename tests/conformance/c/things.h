// SPDX-License-Identifier: MIT
// The locks, queues and so on of a program under way, by their numbers.
#ifndef TESTS_CONFORMANCE_THINGS_H
#define TESTS_CONFORMANCE_THINGS_H

#include <asyncio.h>

enum { PAIR = 2, QUEUES = 3, FIRST_PRIMITIVE = -101 };
enum { PRIORITIES = 1 };  // the number of the queue that has them

typedef struct things {
  asyncio_lock locks[PAIR];
  asyncio_event events[PAIR];
  asyncio_condition conditions[PAIR];   // the second shares the first lock
  asyncio_semaphore semaphores[PAIR];   // the second is bounded
  asyncio_barrier barriers[PAIR];
  asyncio_queue queues[QUEUES];  // first in first out, priorities, last in first out
} things;

void things_init(things *self, const int *sizes);
void things_destroy(things *self);  // after the loop is closed

// A coroutine object of the library, by operations_locks.mjs's number of it.
asyncio_future *things_primitive(things *self, int code);

// What wait_for asks for an instance that waits: whether the event of the operation's flag is set.
bool things_asked_event_is_set(void *arg);

#endif

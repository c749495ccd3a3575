// SPDX-License-Identifier: MIT
// Waiting for a condition as a part of another wait, which steps this frame from its own.
#ifndef ASYNCIO__ASYNC_CONDITION_H
#define ASYNCIO__ASYNC_CONDITION_H

#include "asyncio/condition.h"
#include "lock.h"

typedef struct asyncio__condition_wait {
  asyncio__frame frame;
  asyncio__waiter waiter;
  asyncio__acquire acquire;
  asyncio_condition *condition;
  asyncio_predicate predicate;  // NULL: one notification is enough
  void *arg;
  const char *reason;
  asyncio_status status;  // of what has failed so far
} asyncio__condition_wait;

// One that has not begun; it may be given again when it is done.
void asyncio__condition_wait_init(asyncio__condition_wait *self, asyncio_condition *condition, const char *reason);

asyncio__progress asyncio__condition_wait_step(asyncio__frame *frame, asyncio_status sent);

asyncio_lock *asyncio__condition_lock(asyncio_condition *condition);

#endif

// SPDX-License-Identifier: MIT
// Acquiring a lock as a part of another wait, which steps this frame from its own.
#ifndef ASYNCIO__ASYNC_LOCK_H
#define ASYNCIO__ASYNC_LOCK_H

#include "asyncio/lock.h"
#include "waiters.h"

typedef struct asyncio__acquire {
  asyncio__frame frame;
  asyncio__waiter waiter;
  asyncio_lock *lock;
} asyncio__acquire;

// One that has not begun; it may be given again when it is done.
void asyncio__acquire_init(asyncio__acquire *self, asyncio_lock *lock);

asyncio__progress asyncio__acquire_step(asyncio__frame *frame, asyncio_status sent);

#endif

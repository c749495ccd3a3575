// SPDX-License-Identifier: MIT
// A time limit on a stretch of a task: it cancels the task when it passes, and at the end tells its own cancellation from others'.
#ifndef ASYNCIO__ASYNC_TIMEOUT_H
#define ASYNCIO__ASYNC_TIMEOUT_H

#include "../core/await.h"

typedef struct asyncio__timeout {
  asyncio__timer timer;
  asyncio_task *task;
  unsigned cancelling;  // the task's count as the stretch began
  bool expired;
} asyncio__timeout;

// Begins it for the current task: it expires in [delay] seconds, never for INFINITY.
asyncio_status asyncio__timeout_begin(asyncio__timeout *timeout, double delay);

// Ends it: [status] is how the stretch ended, the result how that looks from outside.
asyncio_status asyncio__timeout_end(asyncio__timeout *timeout, asyncio_status status);

#endif

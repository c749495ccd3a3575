// SPDX-License-Identifier: MIT
// The core of a time limit, for whoever has a place for it that lasts until the end: wait_for in its frame, timeout()
// in memory of its own.
#ifndef ASYNCIO__ASYNC_LIMIT_H
#define ASYNCIO__ASYNC_LIMIT_H

#include "../core/await.h"

typedef struct asyncio__limit {
  asyncio__timer timer;
  asyncio_task *task;  // borrowed
  double when;
  unsigned cancelling;  // the task's count as the stretch began
  bool expired;
} asyncio__limit;

// Begins it for the current task: it expires at [when], never for INFINITY.
asyncio_status asyncio__limit_begin(asyncio__limit *limit, double when);

// Moves it. Nothing is armed when that fails.
asyncio_status asyncio__limit_move(asyncio__limit *limit, double when);

// Ends it: [status] is how the stretch ended, the result how that looks from outside.
asyncio_status asyncio__limit_end(asyncio__limit *limit, asyncio_status status);

#endif

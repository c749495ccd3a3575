// SPDX-License-Identifier: MIT
// How a loop that was made for one run ends: what asyncio_run and JavaScript's run share.
#ifndef ASYNCIO__ASYNC_RUN_H
#define ASYNCIO__ASYNC_RUN_H

#include "../core/loop.h"

// The tasks that are left when the run is over. Zeroed memory is none.
typedef struct asyncio__leftovers {
  asyncio_task **tasks;
  size_t count;
  struct asyncio__wait_for_all *waiter;  // from the first step of the coroutine below until it ends
} asyncio__leftovers;

// Cancels the loop's pending tasks and gives a coroutine that waits for them. NULL when there are none, or no memory.
asyncio_future *asyncio__leftovers_cancel(asyncio__leftovers *self, asyncio_loop *loop);

// That coroutine has ended, or will not be waited for, with [status]: reports what failed among them and lets go of
// them.
void asyncio__leftovers_ended(asyncio__leftovers *self, asyncio_loop *loop, asyncio_status status);

// An exit status is a byte: a failure must not become success because its code is a multiple of 256.
static inline int asyncio__exit_status(int status) { return status != 0 && (status & 0xff) == 0 ? 1 : status; }

// Why [coroutine] cannot be run here and now; 0 if it can.
asyncio_status asyncio__run_check(const asyncio_future *coroutine);

// A run has failed with [status]: its words are written when the program ends, unless somebody asks for them before.
void asyncio__run_failed(asyncio_status status);

#endif

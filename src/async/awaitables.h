// SPDX-License-Identifier: MIT
// Arrays of awaitables, as gather and as_completed are given them.
#ifndef ASYNCIO__ASYNC_AWAITABLES_H
#define ASYNCIO__ASYNC_AWAITABLES_H

#include "../core/await.h"

// Before anything begins: RuntimeError when [loop] is NULL, and the error of a constructor that has given NULL for one
// of them.
asyncio_status asyncio__awaitables_check(asyncio_future *const *awaitables, size_t count, const asyncio_loop *loop);

// Uses the temporary ones up in a call that has failed.
void asyncio__awaitables_drop(asyncio_future *const *awaitables, size_t count);

// Raises what is wrong with the one at [at], and drops it and those after it. NULL.
asyncio_future *asyncio__awaitables_refuse(asyncio_future *const *awaitables, size_t at, size_t count);

// A reference to what there is to watch: a coroutine becomes a task of [loop]. NULL with the error raised, and the rest
// of them dropped, when the one at [at] cannot be watched there, or the loop's task factory gives no task. Those before
// are tasks already and run on, as asyncio's do: to look at all of them first is a pass over memory.
static inline asyncio_future *asyncio__awaitable_adopt(asyncio_future *const *awaitables, size_t at, size_t count,
                                                       asyncio_loop *loop) {
  asyncio_future *one = awaitables[at];
  if (asyncio_iscoroutine(one)) {
    asyncio_task *task = asyncio__start(one, loop);
    if (!task) asyncio__awaitables_drop(awaitables + at + 1, count - at - 1);
    return task;
  }
  if (one->loop == loop && asyncio_isfuture(one)) return asyncio_ref(one);
  return asyncio__awaitables_refuse(awaitables, at, count);
}

#endif

// SPDX-License-Identifier: MIT
// Arrays of awaitables, as gather and as_completed are given them.
#ifndef ASYNCIO__ASYNC_AWAITABLES_H
#define ASYNCIO__ASYNC_AWAITABLES_H

#include "../core/await.h"

// Whether all of them can be watched in [loop]: RuntimeError when that is NULL, TypeError for NULL and for used
// coroutines, ValueError for another loop's futures.
asyncio_status asyncio__awaitables_check(asyncio_future *const *awaitables, size_t count, const asyncio_loop *loop);

// Uses the temporary ones up in a call that has failed.
void asyncio__awaitables_drop(asyncio_future *const *awaitables, size_t count);

// A reference to what there is to watch: a coroutine becomes a task of [loop]. NULL only if the loop's task
// factory says so, once they were checked.
static inline asyncio_future *asyncio__awaitable_adopt(asyncio_future *awaitable, asyncio_loop *loop) {
  return asyncio_iscoroutine(awaitable) ? asyncio__start(awaitable, loop) : asyncio_ref(awaitable);
}

#endif

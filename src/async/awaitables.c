// SPDX-License-Identifier: MIT
// See awaitables.h.
#include "awaitables.h"

asyncio_status asyncio__awaitables_check(asyncio_future *const *awaitables, size_t count, const asyncio_loop *loop) {
  if (!loop) return ASYNCIO_RUNTIME_ERROR;
  if (count && !awaitables)
    return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [awaitables] to be an array of %zu, got NULL", count);
  for (size_t i = 0; i < count; i++)
    if (!awaitables[i]) return asyncio__null_awaitable("awaitables");
  return ASYNCIO_OK;
}

void asyncio__awaitables_drop(asyncio_future *const *awaitables, size_t count) {
  if (!awaitables) return;
  for (size_t i = 0; i < count; i++) asyncio_ref(awaitables[i]);  // first all: one may be there twice
  for (size_t i = 0; i < count; i++) asyncio_unref(awaitables[i]);
}

asyncio_future *asyncio__awaitables_refuse(asyncio_future *const *awaitables, size_t at, size_t count) {
  if (asyncio_isfuture(awaitables[at]))
    asyncio_raise(ASYNCIO_VALUE_ERROR, "The awaitable at %zu belongs to a different loop than the %s one", at,
                  asyncio__thread.running ? "running" : "first");
  else
    asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [awaitables] to be awaitables, got a used coroutine at %zu", at);
  asyncio__awaitables_drop(awaitables + at, count - at);
  return NULL;
}

// SPDX-License-Identifier: MIT
// See awaitables.h.
#include "awaitables.h"

static asyncio_status check_one(const asyncio_future *awaitable, size_t index, const asyncio_loop *loop) {
  if (!awaitable) return asyncio__null_awaitable("awaitables");
  if (asyncio_iscoroutine(awaitable)) return ASYNCIO_OK;
  if (!asyncio_isfuture(awaitable))
    return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [awaitables] to be awaitables, got a used coroutine at %zu",
                         index);
  if (awaitable->loop == loop) return ASYNCIO_OK;
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "The awaitable at %zu belongs to a different loop than the running one",
                       index);
}

asyncio_status asyncio__awaitables_check(asyncio_future *const *awaitables, size_t count, const asyncio_loop *loop) {
  if (!loop) return ASYNCIO_RUNTIME_ERROR;
  for (size_t i = 0; i < count; i++) ASYNCIO_TRY(check_one(awaitables[i], i, loop));
  return ASYNCIO_OK;
}

void asyncio__awaitables_drop(asyncio_future *const *awaitables, size_t count) {
  for (size_t i = 0; i < count; i++) asyncio_ref(awaitables[i]);  // first all: one may be there twice
  for (size_t i = 0; i < count; i++) asyncio_unref(awaitables[i]);
}

// SPDX-License-Identifier: MIT
// Promises: a future of its own kind for each one that C awaits. The loader calls back when it has settled, between
// turns and never through C. Invariant: while JavaScript may still settle it, it holds a reference to the future.
#include "asyncio/promise.h"

#include "../core/future.h"
#include "js.h"

// From the loader. abandon: false when the promise will settle because of it, and is waited for.
bool asyncio_host_watch(asyncio_js handle, void *future);
bool asyncio_host_abandon(asyncio_js handle, const char *message);

typedef struct promise {
  asyncio_future future;
  asyncio_js handle;
} promise;

// JavaScript's listeners may cancel the future once more, while they are told.
static bool abandon(asyncio_future *future, const char *message) {
  future->references++;
  if (asyncio_host_abandon(((promise *)future)->handle, message) && !asyncio__is_done(future)) {
    asyncio__future_cancelled_with(future, asyncio__cancelled_error(message));
    asyncio_unref(future);  // JavaScript's
  }
  asyncio_unref(future);
  return true;
}

static const asyncio__future_kind promise_kind = {.name = "promise", .cancel = abandon, .inner_only = true};

static asyncio_future *fail(asyncio_js handle) {
  asyncio_host_abandon(handle, NULL);
  asyncio_host_release(handle);
  return NULL;
}

asyncio_future *asyncio_promise(asyncio_js handle) {
  asyncio_loop *loop = asyncio_get_event_loop();
  promise *self = loop ? (promise *)asyncio__future_new(&promise_kind, sizeof *self, loop) : NULL;
  if (!self) return fail(handle);
  self->handle = handle;
  self->future.floating = true;
  if (asyncio_host_watch(handle, self)) {
    self->future.references++;
    return &self->future;
  }
  asyncio_unref(&self->future);
  asyncio_raise(ASYNCIO_TYPE_ERROR,
                "Expected [promise] to be a handle from asyncio.promise() that was not used before, got %u", handle);
  return asyncio__no_awaitable();
}

EMSCRIPTEN_KEEPALIVE void asyncio__promise_resolved(asyncio_future *self, int kind, double number, unsigned size) {
  asyncio_value value;
  asyncio_status status = asyncio__js_value(&value, kind, number, size);
  asyncio__future_finish(self, status, value, NULL);
  asyncio_unref(self);
}

EMSCRIPTEN_KEEPALIVE void asyncio__promise_rejected(asyncio_future *self, asyncio_status status, unsigned size,
                                                    asyncio_js reason) {
  asyncio_error *error = asyncio__js_error(status, size, reason);
  if (status == ASYNCIO_CANCELLED_ERROR)
    asyncio__future_cancelled_with(self, error);
  else
    asyncio__future_finish(self, status, asyncio_none(), error);
  asyncio_unref(self);
}

asyncio_js asyncio_value_js(asyncio_value value) { return asyncio__value_js(value); }

asyncio_js asyncio_error_js(const asyncio_error *error) { return error ? asyncio__value_js(error->cause) : 0; }

void asyncio_js_release(asyncio_js handle) { asyncio_host_release(handle); }

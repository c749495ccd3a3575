// SPDX-License-Identifier: MIT
// Promises: a future of its own kind for each one that C awaits. The loader calls back when it has settled, between turns and
// never through C. Invariant: while JavaScript may still settle it, it holds a reference to the future.
#include "asyncio/promise.h"

#include <emscripten.h>

#include "../base/alloc.h"
#include "../base/box.h"
#include "../core/future.h"
#include "../core/runtime.h"

// From the loader.
bool asyncio_host_watch(asyncio_js handle, void *future);
void asyncio_host_abandon(asyncio_js handle);
void asyncio_host_release(asyncio_js handle);
void asyncio_host_fill(void *target);  // with the bytes that it has for us

typedef struct promise {
  asyncio_future future;
  asyncio_js handle;
} promise;

static bool abandon(asyncio_future *future, const char *message) {
  asyncio_host_abandon(((promise *)future)->handle);
  asyncio__future_cancelled_with(future, asyncio__cancelled_error(message));
  asyncio_unref(future);  // JavaScript's
  return true;
}

static const asyncio__future_kind promise_kind = {"promise", abandon, NULL, true};

static asyncio_future *fail(asyncio_js handle) {
  asyncio_host_abandon(handle);
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
  asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [promise] to be a handle from asyncio.promise() that was not used before, got %u",
                handle);
  return asyncio__no_awaitable();
}

static asyncio_status fetch_bytes(asyncio_value *value, asyncio_kind kind, size_t size) {
  ASYNCIO_TRY(asyncio__value_reserve(value, kind, size));
  asyncio_host_fill((void *)(uintptr_t)asyncio_value_bytes(*value, NULL));
  return ASYNCIO_OK;
}

static int64_t from_halves(double high, unsigned low) { return (int64_t)high * 0x100000000 + low; }

static asyncio_status value_of(asyncio_value *value, int kind, double number, unsigned size) {
  *value = asyncio_none();
  if (kind == ASYNCIO_BOOL) *value = asyncio_bool(number != 0);
  if (kind == ASYNCIO_DOUBLE) *value = asyncio_double(number);
  if (kind == ASYNCIO_INT64) *value = asyncio_int(from_halves(number, size));
  if (kind == ASYNCIO_TEXT || kind == ASYNCIO_BYTES) return fetch_bytes(value, (asyncio_kind)kind, size);
  if (kind == ASYNCIO_JS) return asyncio__value_of_js(value, size, asyncio_host_release);
  return ASYNCIO_OK;
}

EMSCRIPTEN_KEEPALIVE void asyncio__promise_resolved(asyncio_future *self, int kind, double number, unsigned size) {
  asyncio_value value;
  asyncio_status status = value_of(&value, kind, number, size);
  asyncio__future_finish(self, status, value, NULL);
  asyncio_unref(self);
}

static asyncio_error *error_of(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  asyncio_error *error = asyncio__error_new(ASYNCIO_JS_ERROR, NULL, format, arguments);
  va_end(arguments);
  return error;
}

EMSCRIPTEN_KEEPALIVE void asyncio__promise_rejected(asyncio_future *self, unsigned size, asyncio_js reason) {
  asyncio_value words = asyncio_none();
  asyncio_error *error = fetch_bytes(&words, ASYNCIO_TEXT, size) ? NULL : error_of("%s", asyncio_value_text(words));
  asyncio_value_clear(&words);
  if (error)
    (void)asyncio__value_of_js(&error->cause, reason, asyncio_host_release);
  else
    asyncio_host_release(reason);
  asyncio__future_finish(self, ASYNCIO_JS_ERROR, asyncio_none(), error);
  asyncio_unref(self);
}

asyncio_js asyncio_value_js(asyncio_value value) { return asyncio__value_js(value); }

asyncio_js asyncio_error_js(const asyncio_error *error) { return error ? asyncio__value_js(error->cause) : 0; }

void asyncio_js_release(asyncio_js handle) { asyncio_host_release(handle); }

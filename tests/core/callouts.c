// SPDX-License-Identifier: MIT
// Code of the user's that runs inside functions which never suspend: destructors and exception handlers. On Asyncify a
// wait there would tear those functions' frames; it is refused on every backend, and everything goes on.
#include "../support/test.h"

#define REFUSED "asyncio_sleep cannot suspend here: in a destructor, an exception handler or a coroutine without a stack (see asyncio/stackless.h)"

static void sleep_in_destructor(void *pointer) {
  trace("destroys %s", (const char *)pointer);
  CHECK_ERROR(asyncio_sleep(1), ASYNCIO_RUNTIME_ERROR, REFUSED);
}

ASYNCIO_STATIC_COROUTINE(clear_a_value) {
  static char name[] = "it";
  asyncio_value value;
  ASYNCIO_TRY(asyncio_owned_pointer(&value, name, sleep_in_destructor));
  asyncio_value_clear(&value);
  return asyncio_sleep(0);  // allowed again
}

TEST(a_destructor_cannot_suspend) {
  run(clear_a_value_coroutine());
  EXPECT_TRACE("destroys it");
}

static void sleep_in_handler(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)arg;
  trace("%s", context->message);
  CHECK_ERROR(asyncio_sleep(1), ASYNCIO_RUNTIME_ERROR, REFUSED);
}

ASYNCIO_STATIC_COROUTINE(drop_a_failed_future) {
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_loop_set_exception_handler(loop, sleep_in_handler, NULL);
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "nobody looks"));
  asyncio_unref(future);
  return asyncio_sleep(0);
}

TEST(an_exception_handler_cannot_suspend) {
  run(drop_a_failed_future_coroutine());
  EXPECT_TRACE("Exception was never retrieved");
}

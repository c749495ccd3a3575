// SPDX-License-Identifier: MIT
// Errors that nobody else takes: the exception handler's.
#include "../port/coro.h"
#include "future.h"

void asyncio_loop_set_exception_handler(asyncio_loop *loop, asyncio_exception_handler handler, void *arg) {
  loop->handler = handler;
  loop->handler_arg = arg;
}

ASYNCIO__OUTLINED void asyncio_loop_call_exception_handler(asyncio_loop *loop, const asyncio_exception_context *context) {
  ASYNCIO__NEVER_SUSPENDS(asyncio_loop_call_exception_handler);
  void *parkable = asyncio__coro_parkable;
  asyncio__coro_parkable = NULL;
  if (loop->handler)
    loop->handler(loop, context, loop->handler_arg);
  else
    asyncio__write_report(context);
  asyncio__coro_parkable = parkable;
}

void asyncio__loop_report(asyncio_loop *loop, const char *message, asyncio_future *future) {
  asyncio_exception_context context = {message, future->status, future->error, future};
  asyncio_loop_call_exception_handler(loop, &context);
}

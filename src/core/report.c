// SPDX-License-Identifier: MIT
// Errors that nobody else takes: the exception handler's.
#include "../port/coro.h"
#include "future.h"
#include "task.h"

void asyncio_loop_set_exception_handler(asyncio_loop *loop, asyncio_exception_handler handler, void *arg) {
  if (!loop) return;
  loop->handler = handler;
  loop->handler_arg = arg;
}

ASYNCIO__OUTLINED void asyncio__loop_tell(asyncio_loop *loop, const asyncio_exception_context *context) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__loop_tell);
  void *parkable = asyncio__coro_parkable;
  asyncio__coro_parkable = NULL;
  if (loop->handler)
    loop->handler(loop, context, loop->handler_arg);
  else
    asyncio__write_report(context);
  asyncio__coro_parkable = parkable;
}

static asyncio__context_slot share(asyncio__context_slot slot) {
  asyncio_context *context = asyncio__context_in(slot);
  return context ? asyncio__context_choose(context) : asyncio__context_copy_slot(slot);
}

void asyncio_loop_call_exception_handler(asyncio_loop *loop, const asyncio_exception_context *context) {
  if (!loop || !context) return;
  const asyncio__task *task = asyncio__task_of(context->future);
  asyncio__context_slot *here = asyncio__context_here(), former = *here;
  bool elsewhere = task && here != &task->context;
  if (elsewhere) *here = share(task->context);
  asyncio__loop_tell(loop, context);
  if (!elsewhere) return;
  asyncio__context_clear_slot(here);
  *here = former;
}

void asyncio__loop_report(asyncio_loop *loop, const char *message, asyncio_future *future) {
  asyncio_exception_context context = {message, future->status, future->error, future};
  asyncio_loop_call_exception_handler(loop, &context);
}

// SPDX-License-Identifier: MIT
// Errors that nobody else takes: the exception handler's, or a line for people to read.
#include <stdio.h>

#include "../port/coro.h"
#include "../port/host.h"
#include "future.h"

void asyncio_loop_set_exception_handler(asyncio_loop *loop, asyncio_exception_handler handler, void *arg) {
  loop->handler = handler;
  loop->handler_arg = arg;
}

ASYNCIO__OUTLINED static void write_report(const asyncio_exception_context *context) {
  ASYNCIO__NEVER_SUSPENDS(write_report);
  char line[1024];
  const char *name = context->future ? asyncio_task_get_name(context->future) : "";
  const char *words = context->error ? context->error->words : asyncio__status_words(context->status);
  const char *before = *name ? " (" : "", *after = *name ? ")" : "";
  if (context->status)
    snprintf(line, sizeof line, "asyncio: %s%s%s%s: %s: %s", context->message, before, name, after,
             asyncio_error_name(context->status), words);
  else
    snprintf(line, sizeof line, "asyncio: %s%s%s%s", context->message, before, name, after);
  asyncio__host_report(line);
}

ASYNCIO__OUTLINED void asyncio_loop_call_exception_handler(asyncio_loop *loop, const asyncio_exception_context *context) {
  ASYNCIO__NEVER_SUSPENDS(asyncio_loop_call_exception_handler);
  void *parkable = asyncio__coro_parkable;
  asyncio__coro_parkable = NULL;
  if (loop->handler)
    loop->handler(loop, context, loop->handler_arg);
  else
    write_report(context);
  asyncio__coro_parkable = parkable;
}

void asyncio__loop_report(asyncio_loop *loop, const char *message, asyncio_future *future) {
  asyncio_exception_context context = {message, future->status, future->error, future};
  asyncio_loop_call_exception_handler(loop, &context);
}

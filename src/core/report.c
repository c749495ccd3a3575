// SPDX-License-Identifier: MIT
// What people get to read: errors that nobody else takes, and what a loop's tasks wait for.
#include <stdio.h>

#include "../port/coro.h"
#include "../port/host.h"
#include "loop.h"
#include "task.h"

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

const char *asyncio_task_waiting_for(const asyncio_task *task) {
  const asyncio__task *self = asyncio__task_of(task);
  if (!self || !self->frame) return "";
  if (self->undo) return self->reason;
  if (!self->awaiting) return "";
  const char *name = asyncio_task_get_name(self->awaiting);
  return *name ? name : self->awaiting->kind->name;
}

static const char *state_of(const asyncio__task *task) {
  if (!task->started) return "has not started";
  return *asyncio_task_waiting_for(&task->future) ? "waits for " : "is ready";
}

ASYNCIO__OUTLINED void asyncio__loop_describe(asyncio_loop *loop, char *text, size_t size) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__loop_describe);
  size_t used = 0;
  text[0] = '\0';
  for (asyncio__link *link = loop->tasks.next; link != &loop->tasks && used < size; link = link->next) {
    asyncio__task *task = asyncio__container(link, asyncio__task, tasks);
    char line[16] = "";
    unsigned number = task->frame ? asyncio__frame_line(asyncio__root(task)) : 0;
    if (number) snprintf(line, sizeof line, ":%u", number);
    int written = snprintf(text + used, size - used, "\n  %s (%s%s) %s%s", asyncio_task_get_name(&task->future),
                           task->function, line, state_of(task), asyncio_task_waiting_for(&task->future));
    used += written > 0 ? (size_t)written : 0;
  }
}

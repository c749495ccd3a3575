// SPDX-License-Identifier: MIT
// Stackless coroutines: the body that the macros of stackless.h make as a frame. Its parameters and locals lie behind
// this struct, what it is about to return in the coroutine object's own value, which nobody needs before the end.
// Invariant: nobody may suspend while a body runs, although a stackful coroutine's stack may lie below.
#include "asyncio/stackless.h"

#include <stddef.h>

#include "../base/barrier.h"
#include "../base/copy.h"
#include "asyncio/generator.h"
#include "task.h"

typedef struct stackless {
  asyncio__frame frame;
  asyncio__stackless_body body;
  asyncio__place here;
} stackless;

enum { ALIGNMENT = _Alignof(max_align_t), LOCALS_OFFSET = (sizeof(stackless) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT };

// What a body returns to suspend; no status has such a number.
enum { AWAITS = 0x61776169, PASSES, GOES_ON, YIELDS_VALUE };

// Where it goes on next.
static stackless *leave(asyncio__place *here, void *label, unsigned line) {
  here->label = label;
  here->line = line;
  return asyncio__container(here, stackless, here);
}

asyncio_status asyncio__stackless_await(asyncio__place *here, void *label, unsigned line, asyncio_future *awaitable) {
  stackless *self = leave(here, label, line);
  if (awaitable) {
    self->frame.awaiting = asyncio_ref(awaitable);
    return AWAITS;
  }
  here->status = asyncio__null_awaitable("awaitable");
  return GOES_ON;
}

asyncio_status asyncio__stackless_pass(asyncio__place *here, void *label, unsigned line) {
  (void)leave(here, label, line);
  return PASSES;
}

asyncio_status asyncio__stackless_yield(asyncio__place *here, void *label, unsigned line, asyncio_value value) {
  leave(here, label, line)->frame.value = value;
  return YIELDS_VALUE;
}

asyncio_status asyncio__stackless_take(asyncio__place *here, asyncio_value *target) {
  asyncio_value *given = &asyncio__container(here, stackless, here)->frame.value;
  if (here->status || !target) asyncio_value_clear(given);
  if (target) *target = *given;
  *given = asyncio_none();
  return here->status;
}

static asyncio__progress returned(stackless *self, asyncio_status status, asyncio_value *result) {
  if (status != ASYNCIO_OK && !asyncio__is_failure(status))
    status = asyncio_raise(ASYNCIO_RUNTIME_ERROR, "The coroutine '%s' returned %d, which is no asyncio_status",
                           asyncio__coroutine_of(&self->frame)->function, status);
  if (status) asyncio_value_clear(result);
  asyncio_value value = *result;
  *result = asyncio_none();
  return asyncio__frame_done(&self->frame, status, value);
}

static asyncio__progress progress_of(stackless *self, asyncio_status answer, asyncio_value *result) {
  switch ((int)answer) {
    case AWAITS:
      return ASYNCIO__AWAITING;
    case PASSES:
      asyncio__yield_begin();
      return ASYNCIO__PARKED;
    case YIELDS_VALUE:
      self->frame.status = ASYNCIO__YIELDED;
      return ASYNCIO__DONE;
    default:
      return returned(self, answer, result);
  }
}

ASYNCIO__OUTLINED static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  ASYNCIO__NEVER_SUSPENDS(step);
  stackless *self = asyncio__container(frame, stackless, frame);
  asyncio_value *result = &asyncio__coroutine_of(frame)->future.value;
  void *parkable = asyncio__coro_parkable;
  asyncio_status answer;
  asyncio__coro_parkable = NULL;
  self->here.status = asyncio__frame_sent(frame, sent);
  do answer = self->body((char *)self + LOCALS_OFFSET, &self->here, result);
  while (answer == GOES_ON);
  asyncio__coro_parkable = parkable;
  return progress_of(self, answer, result);
}

asyncio_future *asyncio__stackless_new(const char *name, asyncio__stackless_body body, const void *parameters,
                                       size_t given, size_t size) {
  asyncio__task *coroutine = asyncio__coroutine_alloc(name, LOCALS_OFFSET + size);
  if (!coroutine) return NULL;
  stackless *self = asyncio__container(asyncio__root(coroutine), stackless, frame);
  void *locals = (char *)self + LOCALS_OFFSET;
  *self = (stackless){.frame = {.step = step}, .body = body};
  asyncio__copy(locals, parameters, given);
  asyncio__zero_from(locals, given, size);
  return &coroutine->future;
}

unsigned asyncio__frame_line(const asyncio__frame *frame) {
  return frame->step == step ? asyncio__container(frame, const stackless, frame)->here.line : 0;
}

unsigned asyncio_task_line(const asyncio_task *task) {
  const asyncio__task *self = asyncio__task_of(task);
  for (const asyncio__frame *frame = self ? self->frame : NULL; frame; frame = frame->awaiter)
    if (asyncio__frame_line(frame)) return asyncio__frame_line(frame);
  return 0;
}

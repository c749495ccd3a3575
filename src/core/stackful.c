// SPDX-License-Identifier: MIT
// Stackful coroutines: a C body as a frame. The frame has a stack from its first step to its end, unless the body is
// called by a coroutine that has one already.
#include <stddef.h>
#include <string.h>

#include "../base/check.h"
#include "../port/coro.h"
#include "../port/host.h"
#include "task.h"

typedef struct stackful {
  asyncio__frame frame;
  asyncio_body body;
  void *arguments;      // the copy behind this struct, or the caller's pointer
  asyncio__task *task;  // in which it was last stepped
  asyncio__coro *coro;  // from the first step to the end; NULL when called
  const asyncio__owner *owner;  // of what the arguments own, until the end; NULL: they own nothing
} stackful;

enum { ALIGNMENT = _Alignof(max_align_t), COPY_OFFSET = (sizeof(stackful) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT };

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent);

ASYNCIO__OUTLINED static void release_arguments(stackful *self) {
  ASYNCIO__NEVER_SUSPENDS(release_arguments);
  const asyncio__owner *owner = self->owner;
  self->owner = NULL;
  owner->release(owner, self->arguments);
}

static void drop(asyncio__frame *frame) {
  stackful *self = asyncio__container(frame, stackful, frame);
  if (self->coro) asyncio__coro_free(&asyncio__thread.stacks, self->coro);
  self->coro = NULL;
  if (__builtin_expect(self->owner != NULL, 0)) release_arguments(self);
}

// A few words mostly, for which a call of memcpy costs more than the copy.
static void copy_arguments(void *copy, const void *arguments, size_t size) {
  uint32_t *to = copy;
  const char *from = arguments;
  if (size > 64) {
    memcpy(copy, arguments, size);
    return;
  }
  for (; size >= sizeof *to; size -= sizeof *to, from += sizeof *to) __builtin_memcpy(to++, from, sizeof *to);
  if (size) __builtin_memcpy(to, from, size);
}

// A larger copy than any allocation is for the allocation to refuse.
static asyncio__task *alloc(const char *name, size_t size) {
  return asyncio__coroutine_alloc(name, size > PTRDIFF_MAX / 2 ? size : COPY_OFFSET + size);
}

asyncio_future *asyncio_coroutine_new(const char *name, asyncio_body body, const void *arguments, size_t size) {
  if (!body || (size && !arguments)) {
    asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [%s] to be a pointer, got NULL", body ? "arguments" : "body");
    return asyncio__no_awaitable();
  }
  asyncio__task *coroutine = alloc(name ? name : "coroutine", size);
  if (!coroutine) return NULL;
  stackful *self = asyncio__container(asyncio__root(coroutine), stackful, frame);
  void *copy = (char *)self + COPY_OFFSET;
  copy_arguments(copy, arguments, size);
  *self = (stackful){.frame = {.step = step, .drop = drop}, .body = body};
  self->arguments = size ? copy : (void *)(uintptr_t)arguments;
  return &coroutine->future;
}

asyncio_future *asyncio__stackful_coroutine(const char *name, asyncio_body body, size_t size, const asyncio__owner *owner) {
  asyncio__task *coroutine = alloc(name, size);
  if (!coroutine) return NULL;
  stackful *self = asyncio__container(asyncio__root(coroutine), stackful, frame);
  *self = (stackful){.frame = {.step = step, .drop = drop}, .body = body, .owner = owner};
  self->arguments = (char *)self + COPY_OFFSET;
  return &coroutine->future;
}

void *asyncio__stackful_arguments(asyncio_future *coroutine) {
  return asyncio__container(asyncio__root(asyncio__task_of(coroutine)), stackful, frame)->arguments;
}

// The frames on its stack will never be left: the innermost wait is taken back, and what the outer ones have armed.
static void lose(stackful *self) {
  self->task->lost = true;
  asyncio__task_forget_wait(self->task);
  if (self->coro) asyncio__loop_forget_stack(self->task->future.loop, self->coro);
  drop(&self->frame);
}

static asyncio__progress overflowed(stackful *self) {
  asyncio_status status =
      asyncio_raise(ASYNCIO_MEMORY_ERROR, "The stack of %s overflowed its %zu bytes: create it with a larger .stack_size",
                    asyncio_task_get_name(&self->task->future), self->task->stack_size);
  lose(self);
  return asyncio__frame_done(&self->frame, status, asyncio_none());
}

// A body that returns what is no status, a count perhaps or an errno, has failed in any case.
static asyncio_status checked(stackful *self, asyncio_status status) {
  if (status == ASYNCIO_OK || asyncio__is_failure(status)) return status;
  asyncio_value_clear(&self->frame.value);
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "The coroutine of %s returned %d, which is no asyncio_status",
                       asyncio_task_get_name(&self->task->future), status);
}

static asyncio__progress progress_of(stackful *self, asyncio__coro_state state) {
  switch (state) {
    case ASYNCIO__CORO_PARKED:
      return ASYNCIO__PARKED;
    case ASYNCIO__CORO_ENTERED:
      return ASYNCIO__ENTERED;
    case ASYNCIO__CORO_OVERFLOWED:
      return overflowed(self);
    case ASYNCIO__CORO_RETURNED:
      break;
  }
  self->frame.status = checked(self, asyncio__coro_status(self->coro));
  drop(&self->frame);
  return ASYNCIO__DONE;
}

static asyncio__coro *coro_new(stackful *self) {
  return asyncio__coro_new(&asyncio__thread.stacks, self->task->stack_size, (asyncio__coro_body)self->body, self->arguments,
                           &self->frame.value, self);
}

static asyncio__progress enter(stackful *self) {
  asyncio__coro_parkable = self->task->ending ? NULL : self->task;
  asyncio__coro_state state = asyncio__coro_enter(self->coro);
  asyncio__coro_parkable = NULL;
  return progress_of(self, state);
}

static asyncio_status no_stack(stackful *self) {
  const char *limit = asyncio__coro_limit();
  const char *name = asyncio_task_get_name(&self->task->future);
  if (limit) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "No stack for %s: %s", name, limit);
  return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for the stack of %s (%zu bytes)", name, self->task->stack_size);
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  stackful *self = asyncio__container(frame, stackful, frame);
  self->task = asyncio__thread.task;
  self->task->sent = sent;
  if (!self->coro) self->coro = coro_new(self);
  if (self->coro) return enter(self);
  asyncio_status status = no_stack(self);
  drop(frame);
  return asyncio__frame_done(frame, status, asyncio_none());
}

void asyncio__coro_resuming(void *owner) {
  const stackful *self = owner;
  asyncio__thread.turning = true;
  asyncio__thread.task = self->task;
  asyncio__thread.running = self->task->future.loop;
  asyncio__thread.context = self->task->entry.context;
  asyncio__coro_parkable = self->task->ending ? NULL : self->task;
}

void asyncio__coro_left(void *owner, asyncio__coro_state state) {
  stackful *self = owner;
  asyncio__task *task = self->task;
  asyncio_loop *loop = task->future.loop;
  asyncio__coro_parkable = NULL;
  loop->entered = NULL;
  task->entered = false;
  asyncio__thread.task = task;
  task->future.references++;
  asyncio__task_drive(task, progress_of(self, state));
  if (task->frame && !task->entered && loop->closed) asyncio__task_abandon(task);  // its loop did not wait for it
  asyncio__thread.task = NULL;
  asyncio_unref(&task->future);
  asyncio__thread.running = NULL;
  asyncio__thread.turning = false;
}

static void raise_lost(asyncio_status status, const char *words, asyncio_value cause) {
  (void)asyncio_raise(status, "%s", words);
  asyncio_error *error = asyncio__errors_find(asyncio__errors_here(), status);
  if (error)
    error->cause = cause;
  else
    asyncio_value_clear(&cause);
}

static void task_lost(stackful *self, asyncio_status status) {
  self->task->entered = false;
  self->task->future.loop->entered = NULL;
  lose(self);
  asyncio__task_drive(self->task, asyncio__frame_done(&self->frame, status, asyncio_none()));
}

static void callback_lost(asyncio_loop *loop, asyncio_status status) {
  asyncio_exception_context context = {"Exception in callback", status, asyncio__errors_find(asyncio__errors_here(), status), NULL};
  asyncio_loop_call_exception_handler(loop, &context);
  asyncio__errors_clear(asyncio__errors_here());
}

bool asyncio__turn_lost(void *lost, asyncio_status status, const char *words, asyncio_value cause) {
  stackful *self = lost;
  asyncio_loop *loop = asyncio__thread.running;
  asyncio__thread.turning = false;
  if (loop) loop->iterating = !asyncio__list_empty(&loop->batch);
  asyncio__coro_parkable = NULL;
  asyncio__thread.task = self ? self->task : NULL;
  if (loop)
    raise_lost(status, words, cause);
  else
    asyncio_value_clear(&cause);
  if (self)
    task_lost(self, status);
  else if (loop)
    callback_lost(loop, status);
  asyncio__thread.running = NULL;
  asyncio__thread.task = NULL;
  return loop != NULL;
}

// The name comes last: it may be among what was damaged.
_Noreturn void asyncio__coro_overflowed(void *owner, size_t stack_size) {
  const stackful *self = owner;
  asyncio__fail(__FILE__, __LINE__,
                "A C stack of %zu bytes overflowed and memory is damaged: give the task a larger .stack_size, and link with "
                "-sSTACK_OVERFLOW_CHECK=2 to find out where. It is the stack of %s",
                self ? self->task->stack_size : stack_size, self ? asyncio_task_get_name(&self->task->future) : "main");
}

bool asyncio__is_stackful(const asyncio__frame *frame) { return frame->step == step; }

asyncio_status asyncio__stackful_call(asyncio__frame *frame, asyncio_value *result) {
  stackful *self = asyncio__container(frame, stackful, frame);
  asyncio_status status = self->body(self->arguments, result);
  if (self->owner) release_arguments(self);
  return status;
}

size_t asyncio__stackful_used(const asyncio__frame *frame) {
  const stackful *self = asyncio__container(frame, const stackful, frame);
  return self->coro ? asyncio__coro_used(self->coro) : 0;
}

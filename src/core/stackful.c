// SPDX-License-Identifier: MIT
// Stackful coroutines: a C body as a frame. The frame has a stack from its first step to its end, unless the body is
// called by a coroutine that has one already.
#include <stddef.h>

#include "../base/check.h"
#include "../base/copy.h"
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
  bool yielding;        // it has left with one
  asyncio__frame *called;  // the innermost of the coroutine objects that run on its stack; linked by their awaiter
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
  asyncio__copy(copy, arguments, size);
  *self = (stackful){.frame = {.step = step, .drop = drop}, .body = body};
  self->arguments = size ? copy : (void *)(uintptr_t)arguments;
  return &coroutine->future;
}

asyncio_future *asyncio__stackful_coroutine(const char *name, asyncio_body body, size_t size,
                                            const asyncio__owner *owner) {
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
  asyncio_status status = asyncio_raise(ASYNCIO_MEMORY_ERROR,
                                        "The stack of %s overflowed its %zu bytes: create it with a larger .stack_size",
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

// It has begun a wait, or wants what runs on another stack than its own, or has yielded.
static asyncio__progress parked(stackful *self) {
  if (self->frame.awaiting) return ASYNCIO__AWAITING;
  if (!self->yielding) return ASYNCIO__PARKED;
  self->yielding = false;
  self->frame.status = ASYNCIO__YIELDED;
  return ASYNCIO__DONE;
}

static asyncio__progress progress_of(stackful *self, asyncio__coro_state state) {
  switch (state) {
    case ASYNCIO__CORO_PARKED:
      return parked(self);
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
  return asyncio__coro_new(&asyncio__thread.stacks, self->task->stack_size, (asyncio__coro_body)self->body,
                           self->arguments, &self->frame.value, self);
}

static asyncio__progress enter(stackful *self, bool now) {
  asyncio__coro_parkable = self->task->ending ? NULL : self->task;
  asyncio__coro_state state = asyncio__coro_enter(self->coro, now);
  asyncio__coro_parkable = NULL;
  return progress_of(self, state);
}

static asyncio_status no_stack(asyncio__task *task) {
  const char *name = asyncio_task_get_name(&task->future);
  if (!asyncio__coro_possible)
    return asyncio_raise(
        ASYNCIO_RUNTIME_ERROR,
        "%s has no stack to run on in a program without Asyncify: link with -sASYNCIFY and libasyncio.a, or "
        "make the coroutine an ASYNCIO_STACKLESS",
        name);
  const char *limit = asyncio__coro_limit();
  if (limit) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "No stack for %s: %s", name, limit);
  return asyncio_raise(ASYNCIO_MEMORY_ERROR,
                       "Out of memory for the stack of %s: it needs a block of %zu bytes for its %zu", name,
                       asyncio__thread.stacks.refused, task->stack_size);
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  stackful *self = asyncio__container(frame, stackful, frame);
  self->task = asyncio__thread.task;
  self->task->sent = asyncio__frame_sent(frame, sent);
  bool now = !self->coro && asyncio__thread.eager;
  if (!self->coro) self->coro = coro_new(self);
  if (self->coro) return enter(self, now);
  drop(frame);
  return asyncio__frame_done(frame, no_stack(self->task), asyncio_none());
}

int asyncio__coro_resuming(void *owner) {
  const stackful *self = owner;
  asyncio__thread.turning = true;
  asyncio__thread.task = self->task;
  asyncio__thread.running = self->task->future.loop;
  if (asyncio__thread.running->observer) asyncio__thread.running->resumed = asyncio__host_now();
  asyncio__coro_parkable = self->task->ending ? NULL : self->task;
  return self->task->ending ? (int)self->task->sent : 0;
}

static void has_left(asyncio__task *task) {
  if (task->entered) task->future.loop->entered--;
  task->entered = false;
}

void asyncio__coro_left(void *owner, asyncio__coro_state state) {
  stackful *self = owner;
  asyncio__task *task = self->task;
  asyncio_loop *loop = task->future.loop;
  asyncio__coro_parkable = NULL;
  has_left(task);
  asyncio__thread.task = task;
  task->future.references++;
  asyncio__task_drive(task, progress_of(self, state));
  bool unawaited = task->frame && !task->entered && loop->closed;
  if (unawaited) asyncio__task_lose(task, ASYNCIO_CANCELLED_ERROR);
  asyncio__thread.task = NULL;
  if (loop->observer) loop->observer->left(loop, task);
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

static void task_lost(stackful *self, asyncio_status status, const char *words, asyncio_value cause) {
  has_left(self->task);
  asyncio__thread.task = self->task;
  raise_lost(status, words, cause);
  lose(self);
  asyncio__task_drive(self->task, asyncio__frame_done(&self->frame, status, asyncio_none()));
  asyncio__thread.task = NULL;
}

static void callback_lost(asyncio_loop *loop, asyncio_status status, const char *words, asyncio_value cause) {
  raise_lost(status, words, cause);
  asyncio_exception_context context = {"Exception in callback", status,
                                       asyncio__errors_find(asyncio__errors_here(), status), NULL};
  asyncio_loop_call_exception_handler(loop, &context);
  asyncio__errors_clear(asyncio__errors_here());
  asyncio__context_leave();
}

// The task that executed, when its body was stackless: nothing but its frames is lost. False when it was that of
// [lost], or none.
static bool stackless_lost(asyncio__task *task, const stackful *lost, asyncio_status status, const char *words,
                           asyncio_value cause) {
  if (!task || !task->frame || (lost && lost->task == task)) return false;
  asyncio__thread.task = task;
  raise_lost(status, words, asyncio_value_ref(cause));
  asyncio__task_lose(task, status);
  asyncio__thread.task = NULL;
  return true;
}

bool asyncio__turn_lost(void *lost, asyncio_status status, const char *words, asyncio_value cause, bool more) {
  asyncio_loop *loop = lost ? ((stackful *)lost)->task->future.loop : asyncio__thread.running;
  asyncio__thread.turning = asyncio__thread.eager = false;
  asyncio__coro_parkable = NULL;
  asyncio__task *executing = asyncio__thread.task;
  asyncio__thread.task = NULL;
  if (loop) loop->iterating = !asyncio__list_empty(&loop->batch);
  if (loop && lost) task_lost(lost, status, words, asyncio_value_ref(cause));
  bool taken = loop && stackless_lost(executing, lost, status, words, cause);
  if (loop && !more && !taken && (!lost || asyncio__thread.calling))
    callback_lost(loop, status, words, asyncio_value_ref(cause));
  asyncio_value_clear(&cause);
  if (!more) asyncio__thread.running = NULL;
  return loop != NULL;
}

// The name comes last: it may be among what was damaged.
_Noreturn void asyncio__coro_overflowed(void *owner, size_t stack_size) {
  const stackful *self = owner;
  asyncio__fail(
      __FILE__, __LINE__,
      "A C stack of %zu bytes overflowed and memory is damaged: give the task a .stack_size of more than %zu, "
      "and " ASYNCIO__WATCH_STACKS " to find out where. It is the stack of %s",
      stack_size, self ? self->task->stack_size : stack_size,
      self ? asyncio_task_get_name(&self->task->future) : "main");
}

bool asyncio__is_generator(const asyncio__frame *frame) {
  return frame->step == step && asyncio__coroutine_of(frame)->generates;
}

ASYNCIO__OUTLINED static asyncio_status not_in_generator(asyncio_value *value) {
  ASYNCIO__NEVER_SUSPENDS(not_in_generator);
  asyncio_value_clear(value);
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "asyncio_yield needs to be called in the body of an ASYNCIO_GENERATOR");
}

asyncio_status asyncio_yield(asyncio_value value, asyncio_value *received) {
  asyncio__task *task = asyncio__thread.task;
  if (received) *received = asyncio_none();
  if (!task || !asyncio__coro_parkable || !asyncio__is_generator(task->frame)) return not_in_generator(&value);
  stackful *self = asyncio__container(task->frame, stackful, frame);
  self->frame.value = value;
  self->yielding = true;
  asyncio__coro_park();
  if (received)
    *received = self->frame.value;
  else
    asyncio_value_clear(&self->frame.value);
  self->frame.value = asyncio_none();
  return asyncio__thread.task->sent;
}

bool asyncio__is_stackful(const asyncio__frame *frame) { return frame->step == step; }

asyncio__frame **asyncio__stackful_called(asyncio__frame *frame) {
  return asyncio__coro_possible && frame && asyncio__is_stackful(frame)
             ? &asyncio__container(frame, stackful, frame)->called
             : NULL;
}

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

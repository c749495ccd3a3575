// SPDX-License-Identifier: MIT
// Tasks: a chain of frames, stepped by the task's own entry in the ready queue. A step ends as parked or done, whatever
// kind of coroutine made it. Invariant (asyncio's): a pending task that is not executing either is queued or waits,
// never both.
#include "task.h"

#include <limits.h>

#include "../base/check.h"
#include "../port/coro.h"

static bool task_cancel(asyncio_future *self, const char *message);

const asyncio__future_kind asyncio__task_kind = {
    .name = "task", .cancel = task_cancel, .destroy = asyncio__task_destroy, .inner_only = true};
const asyncio__future_kind asyncio__coroutine_kind = {
    .name = "coroutine", .destroy = asyncio__task_destroy, .inner_only = true};

enum { MOST_REFUSED_WAITS = 1000 };

// Zeroes what no one sets before it is read. A call of memset costs twice as much for so few words; volatile, or the
// compiler makes it that call.
static inline void clear(asyncio__task *self) {
  volatile uint64_t *words = (volatile uint64_t *)(void *)&self->zeroed;
  size_t size = sizeof *self - offsetof(asyncio__task, zeroed);
  for (size_t i = 0; i < size / sizeof *words; i++) words[i] = 0;
}

// Debug mode tells of it if nobody uses it.
static void note_unused(asyncio__task *self) {
  asyncio_loop *loop = asyncio__thread.running;
  if (loop && loop->observer) asyncio__list_append(&loop->unused, &self->tasks);
}

asyncio__task *asyncio__coroutine_alloc(const char *name, size_t size) {
  size_t whole = sizeof(asyncio__task) + size;
  asyncio__task *self = size > INT_MAX / 2 ? NULL : asyncio__pool_alloc(&asyncio__thread.pool, whole);
  if (!self) {
    asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for coroutine '%s'", name);
    (void)asyncio__no_awaitable();
    return NULL;
  }
  clear(self);
  self->context = 0;
  self->function = name;
  self->future = (asyncio_future){.kind = &asyncio__coroutine_kind,
                                  .references = 1,
                                  .size = (unsigned)whole,
                                  .state = ASYNCIO__UNUSED,
                                  .floating = true};
  asyncio__list_init(&self->future.callbacks);
  asyncio__list_init(&self->tasks);
  if (asyncio__thread.debug_loops) note_unused(self);
  return self;
}

bool asyncio__coroutine_claim(asyncio__task *self) {
  bool unused = self->future.state == ASYNCIO__UNUSED;
  if (!unused) asyncio_raise(ASYNCIO_RUNTIME_ERROR, "cannot reuse already awaited coroutine '%s'", self->function);
  self->future.state = ASYNCIO__USED;
  if (asyncio__thread.debug_loops) asyncio__unlink(&self->tasks);
  return unused;
}

// A coroutine that was never run owns what its arguments own.
ASYNCIO__OUTLINED void asyncio__task_destroy(asyncio_future *future) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__task_destroy);
  asyncio__task *self = asyncio__container(future, asyncio__task, future);
  if (asyncio__thread.debug_loops) asyncio__unlink(&self->tasks);
  if (future->state == ASYNCIO__UNUSED && asyncio__root(self)->drop) asyncio__root(self)->drop(asyncio__root(self));
  if (self->cancel_error) asyncio__error_unref(self->cancel_error);
  if (self->errors.latest) asyncio__errors_clear(&self->errors);
  if (self->name) asyncio__task_free_name(self);
  if (self->context) asyncio__context_clear_slot(&self->context);
}

// ---- Stepping

// [value] is moved.
static void finish(asyncio__task *self, asyncio_status status, asyncio_value *value) {
  asyncio_error *error = status ? asyncio__error_ref(asyncio__errors_find(&self->errors, status)) : NULL;
  if (self->errors.latest) asyncio__errors_clear(&self->errors);
  self->frame = NULL;
  asyncio__unlink(&self->tasks);
  if (status == ASYNCIO_OK && self->must_cancel) {
    status = ASYNCIO_CANCELLED_ERROR;
    error = asyncio__error_ref(self->cancel_error);
  }
  if (status)
    asyncio_value_clear(value);
  else
    self->future.value = *value;
  if (status == ASYNCIO_CANCELLED_ERROR)
    asyncio__future_cancelled_with(&self->future, error);
  else
    asyncio__future_end(&self->future, status, error);
  asyncio__thread.task = NULL;
  asyncio_unref(&self->future);  // the loop's own
}

asyncio_status asyncio__task_may_await(const asyncio__task *self, const asyncio_future *future) {
  if (future == &self->future) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Task cannot await on itself");
  if (future->loop != self->future.loop)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "The %s is attached to a different loop", future->kind->name);
  return ASYNCIO_OK;
}

void asyncio__task_wait_future(asyncio__task *self, asyncio_future *future) {
  future->references++;
  self->awaiting = future;
  asyncio__list_append(&future->callbacks, &self->entry.link);
}

// The innermost frame wants an outcome. True: *[sent] has it, or starts the coroutine that will; false: the task waits.
static bool await(asyncio__task *self, asyncio_status *sent) {
  asyncio__frame *frame = self->frame;
  asyncio_future *awaited = frame->awaiting;
  asyncio__task *coroutine = asyncio__task_of(awaited);
  *sent = ASYNCIO_OK;
  if (awaited->kind == &asyncio__coroutine_kind) {
    if (asyncio__coroutine_claim(coroutine)) {
      asyncio__root(coroutine)->awaiter = frame;
      self->frame = asyncio__root(coroutine);
      return true;
    }
    *sent = ASYNCIO_RUNTIME_ERROR;
  } else if (!(*sent = asyncio__task_may_await(self, awaited))) {
    if (!asyncio__is_done(awaited)) {
      asyncio__task_wait_future(self, awaited);
      return false;
    }
    *sent = asyncio__future_take(awaited, &frame->value);
  }
  frame->awaiting = NULL;
  asyncio_unref(awaited);
  return true;
}

// The frame that awaits it holds a reference too, unless it has a stack: then that lies there.
static void forget_awaited(asyncio__task *self) {
  asyncio_unref(self->awaiting);
  self->awaiting = NULL;
  asyncio_unref(self->frame->awaiting);
  self->frame->awaiting = NULL;
}

ASYNCIO__OUTLINED void asyncio__task_forget_wait(asyncio__task *self) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__task_forget_wait);
  void (*undo)(void *) = self->undo;
  self->undo = NULL;
  if (undo) undo(self->undo_arg);
  asyncio__unlink(&self->entry.link);
  if (self->awaiting) forget_awaited(self);
}

ASYNCIO__OUTLINED asyncio_status asyncio__task_refuse(asyncio__task *self) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__task_refuse);
  if (!self->ending || ++self->refused > MOST_REFUSED_WAITS) return ASYNCIO_OK;
  asyncio__task_forget_wait(self);
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Event loop is closed");
}

// Hands the request to what the task waits for. False: it waits for nothing that could be cancelled.
static bool forward_cancel(asyncio__task *self) {
  if (self->awaiting) {
    asyncio_future *awaiting = self->awaiting;  // a circle may make this task let go of it
    awaiting->references++;
    bool forwarded = asyncio_future_cancel(awaiting, self->cancel_error ? self->cancel_error->words : NULL);
    asyncio_unref(awaiting);
    return forwarded;
  }
  if (!self->undo) return false;
  asyncio__task_forget_wait(self);
  asyncio__errors_push(&self->errors, ASYNCIO_CANCELLED_ERROR, asyncio__error_ref(self->cancel_error));
  asyncio__wake(&self->future, ASYNCIO_CANCELLED_ERROR);
  return true;
}

ASYNCIO__OUTLINED void asyncio__task_drive(asyncio__task *self, asyncio__progress progress) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__task_drive);
  asyncio_status sent;
  for (;; progress = self->frame->step(self->frame, sent)) {
    if (progress == ASYNCIO__ENTERED) {
      self->future.loop->entered++;
      self->entered = true;
      return;
    }
    if (progress == ASYNCIO__DONE && !self->frame->awaiter) {
      finish(self, self->frame->status, &self->frame->value);
      return;
    }
    if (progress == ASYNCIO__DONE) {
      sent = asyncio__frame_ascend(&self->frame);
      continue;
    }
    if (progress == ASYNCIO__AWAITING && await(self, &sent)) continue;
    if (self->ending && (sent = asyncio__task_refuse(self))) continue;
    // A task that asked for its own cancellation and then waits is cancelled there.
    if (self->must_cancel && forward_cancel(self)) self->must_cancel = false;
    return;
  }
}

// What the wait ended with, or the cancellation that came meanwhile.
static asyncio_status woken(asyncio__task *self) {
  asyncio_status sent = self->sent;
  asyncio__frame *frame = self->frame;
  bool awaited = self->awaiting != NULL;
  if (awaited) {
    sent = asyncio__future_take(self->awaiting, &frame->value);
    forget_awaited(self);
  }
  if (!self->must_cancel) return sent;
  self->must_cancel = false;
  if (sent == ASYNCIO_CANCELLED_ERROR) return sent;
  if (awaited) asyncio_value_clear(&frame->value);  // else it is an old copy of what the frame has taken
  asyncio__errors_push(&self->errors, ASYNCIO_CANCELLED_ERROR, asyncio__error_ref(self->cancel_error));
  return ASYNCIO_CANCELLED_ERROR;
}

// A task that was cancelled before its first step never runs its body.
static bool begin(asyncio__task *self, asyncio_status sent) {
  self->started = true;
  if (!sent) return true;
  if (asyncio__root(self)->drop) asyncio__root(self)->drop(asyncio__root(self));
  finish(self, sent, &self->frame->value);
  return false;
}

ASYNCIO__OUTLINED void asyncio__task_run(asyncio__entry *entry) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__task_run);
  asyncio__task *self = asyncio__container(entry, asyncio__task, entry);
  asyncio__thread.task = self;
  asyncio_status sent = self->awaiting || self->must_cancel ? woken(self) : self->sent;
  if (!self->started && !begin(self, sent)) return;
  asyncio__progress progress = self->frame->step(self->frame, sent);
  bool plain = progress == ASYNCIO__PARKED && !self->must_cancel && !self->ending;
  if (progress == ASYNCIO__DONE && !self->frame->awaiter)
    finish(self, self->frame->status, &self->frame->value);
  else if (!plain)
    asyncio__task_drive(self, progress);
  asyncio__thread.task = NULL;
}

void asyncio__wait_begin(const char *reason, void (*undo)(void *), void *arg) {
  asyncio__task *self = asyncio__thread.task;
  self->reason = reason;
  self->undo = undo;
  self->undo_arg = arg;
}

void asyncio__wake(asyncio_task *task, asyncio_status status) {
  asyncio__task *self = asyncio__task_of(task);
  self->undo = NULL;
  self->sent = status;
  asyncio__loop_ready(self->future.loop, &self->entry);
}

void asyncio__yield_begin(void) { asyncio__wake(&asyncio__thread.task->future, ASYNCIO_OK); }

// ---- Cancelling

static asyncio__task *request_cancel(asyncio_future *future, const char *message) {
  asyncio__task *self = asyncio__task_of(future);
  asyncio_error *former = self->cancel_error;  // [message] may be its words
  self->cancels++;
  self->cancel_error = asyncio__cancelled_error(message);
  asyncio__error_unref(former);
  return self;
}

// Tasks that wait for each other in a circle: nobody at its end could answer the request, so this one does.
static bool break_circle(asyncio__task *self) {
  asyncio__task_forget_wait(self);
  asyncio__errors_push(&self->errors, ASYNCIO_CANCELLED_ERROR, asyncio__error_ref(self->cancel_error));
  asyncio__wake(&self->future, ASYNCIO_CANCELLED_ERROR);
  return true;
}

static asyncio__task *awaited_task(const asyncio__task *self) {
  return asyncio_istask(self->awaiting) && !asyncio__is_done(self->awaiting) ? asyncio__task_of(self->awaiting) : NULL;
}

// Tasks that wait for one another are gone through in a loop: the chain may be longer than the C stack is deep.
static bool task_cancel(asyncio_future *future, const char *message) {
  asyncio__task *first = request_cancel(future, message), *last = first, *next;
  if (first->cancelling) return break_circle(first);
  for (first->cancelling = true; (next = awaited_task(last)) && !next->cancelling; last = next)
    request_cancel(&next->future, message)->cancelling = true;
  for (asyncio__task *task = first; task != last; task = awaited_task(task)) task->cancelling = false;
  if (next)
    break_circle(last);
  else if (!forward_cancel(last))
    last->must_cancel = true;
  last->cancelling = false;
  return true;
}

unsigned asyncio_task_uncancel(asyncio_task *task) {
  asyncio__task *self = asyncio__task_of(task);
  if (!self) return 0;
  if (self->cancels && --self->cancels == 0) self->must_cancel = false;
  return self->cancels;
}

// ---- Ending

ASYNCIO__OUTLINED void asyncio__task_lose(asyncio__task *self, asyncio_status status) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__task_lose);
  asyncio__task *executing = asyncio__thread.task;
  self->lost = true;
  asyncio__task_forget_wait(self);
  asyncio__thread.task = self;
  for (; self->frame->awaiter; (void)asyncio__frame_ascend(&self->frame))
    if (self->frame->drop) self->frame->drop(self->frame);
  if (asyncio__root(self)->drop) asyncio__root(self)->drop(asyncio__root(self));
  asyncio_value nothing = asyncio_none();
  finish(self, status, &nothing);
  asyncio__thread.task = executing;
}

// Lets a coroutine that was entered run to its end, where it can before we return. Meanwhile nothing is executing.
static bool settle(asyncio__task *self) {
  asyncio__thread.running = NULL;
  asyncio__thread.task = NULL;
  while (self->frame && asyncio__coro_settle()) continue;
  return !self->frame;
}

ASYNCIO__OUTLINED bool asyncio__task_end(asyncio__task *self) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__task_end);
  asyncio_ref(&self->future);
  asyncio__task_forget_wait(self);
  self->ending = true;
  asyncio__errors_push(&self->errors, ASYNCIO_CANCELLED_ERROR, asyncio__cancelled_error("Event loop is closed"));
  asyncio__thread.task = self;
  self->sent = ASYNCIO_CANCELLED_ERROR;
  if (!self->entered) asyncio__task_run(&self->entry);
  bool ended = settle(self) || self->entered;
  if (self->entered) asyncio__unlink(&self->tasks);
  asyncio__thread.task = NULL;
  asyncio_unref(&self->future);
  return ended;
}

// SPDX-License-Identifier: MIT
// Awaiting: the one wait primitive, and frames, the form in which every compound wait is written once for all kinds of
// coroutine.
//
// A wait is begun with its undo and ended by a wake; cancellation calls the undo and wakes, and never needs to know who
// waits where. A frame is a suspended await: a step function and its locals. A stackful caller puts one on its own
// stack and runs asyncio__frame_run(); a task without a stack has a chain of them, as Python's `await coro` does: no
// new task, no extra iteration. For src/async; tasks themselves are src/core's.
#ifndef ASYNCIO__CORE_AWAIT_H
#define ASYNCIO__CORE_AWAIT_H

#include "asyncio/export.h"
#include "../base/text.h"
#include "asyncio/task.h"
#include "entry.h"
#include "future.h"

typedef enum asyncio__progress {
  ASYNCIO__DONE,      // [status] and [value] are its outcome
  ASYNCIO__PARKED,    // it has begun a wait
  ASYNCIO__AWAITING,  // it wants the outcome of [awaiting], to which it gives a reference
  ASYNCIO__ENTERED    // a coroutine that will run later; from stackful.c alone
} asyncio__progress;

typedef struct asyncio__frame {
  // Goes on. [sent] is the status of what it waited for, OK the first time; the value that came with it is in [value].
  asyncio__progress (*step)(struct asyncio__frame *self, asyncio_status sent);
  void (*drop)(struct asyncio__frame *self);  // frees what an unfinished one holds; NULL: nothing
  struct asyncio__frame *awaiter;             // the frame that awaits this one; NULL at the task's own
  asyncio_future *awaiting;                   // with AWAITING: whose outcome is wanted; owned until it is there
  asyncio_value value;
  asyncio_status status;
  unsigned at;  // the frame's own: where to go on
} asyncio__frame;

// The status of a generator's frame that is done for now: it has yielded [value]. No status of anybody's.
enum { ASYNCIO__YIELDED = 0x7969656c };

// What a step of a frame was sent: by its awaiter, or by whoever goes on with a generator after a yield.
static inline asyncio_status asyncio__frame_sent(asyncio__frame *self, asyncio_status sent) {
  if (__builtin_expect(self->status != ASYNCIO__YIELDED, 1)) return sent;
  self->status = ASYNCIO_OK;
  return (asyncio_status)self->at;
}

// The frame is done with this outcome; takes [value] over.
static inline asyncio__progress asyncio__frame_done(asyncio__frame *self, asyncio_status status, asyncio_value value) {
  self->status = status;
  self->value = value;
  return ASYNCIO__DONE;
}

// Goes on at [at] with the outcome of [awaitable], whose reference it takes over.
static inline asyncio__progress asyncio__frame_await(asyncio__frame *self, asyncio_future *awaitable, unsigned at) {
  self->awaiting = awaitable;
  self->at = at;
  return ASYNCIO__AWAITING;
}

// Runs a frame on the caller's stack: the value goes to [result] (may be NULL). RuntimeError outside a coroutine with a
// stack.
ASYNCIO_SUSPENDS asyncio_status asyncio__frame_run(asyncio__frame *frame, asyncio_value *result);

// A coroutine object around a frame of [size] bytes, which is copied from [frame]. NULL with the error raised, and
// [frame] dropped.
asyncio_future *asyncio__frame_coroutine(const char *name, asyncio__frame *frame, size_t size);

// A stackful coroutine object whose [size] bytes of arguments the caller fills in place. [owner] may be NULL. NULL with
// the error raised.
asyncio_future *asyncio__stackful_coroutine(const char *name, asyncio_body body, size_t size,
                                            const asyncio__owner *owner);
void *asyncio__stackful_arguments(asyncio_future *coroutine);

// Makes a coroutine object the body of a generator: it may yield, always has a stack of its own if it has one, and is
// awaited anew for each value, with the status ASYNCIO__YIELDED.
void asyncio__coroutine_generates(asyncio_future *coroutine);

// Readies such a body for its next await, at whose start the yield that it is at gives [status] and [value], which is
// taken over.
void asyncio__generator_ready(asyncio_future *body, asyncio_status status, asyncio_value value);

// Frees what an unfinished body holds.
void asyncio__generator_drop(asyncio_future *body);

// Makes a task of an unused coroutine, with all defaults. The reference returned is the caller's. NULL only if the
// loop's task factory says so.
asyncio_task *asyncio__start(asyncio_future *coroutine, asyncio_loop *loop);

// Begins a wait of the current task for [reason]; the step returns PARKED next. Cancellation calls [undo] with [arg]
// and wakes the task with CancelledError.
void asyncio__wait_begin(const char *reason, void (*undo)(void *arg), void *arg);

// Ends it: the task goes on in the next iteration with [status].
void asyncio__wake(asyncio_task *task, asyncio_status status);

// Suspends for one iteration. From a stackful coroutine; RuntimeError elsewhere.
ASYNCIO_SUSPENDS asyncio_status asyncio__yield(void);

// The same from a frame: it returns PARKED next.
void asyncio__yield_begin(void);

// RuntimeError when [future] is the current task itself, or another loop's.
asyncio_status asyncio__may_await(const asyncio_future *future);

// Whether the current task may suspend here; the error raised if not. [call] names the caller in it.
asyncio_status asyncio__may_suspend(const char *call);

// For an undo: the task's frames go, and will not be stepped with the CancelledError. Nothing may refer to them any
// more.
bool asyncio__task_lost(const asyncio_task *task);
// What others may know of a task: the future that it awaits, NULL for none; the argument of the wait that it has begun
// with [undo], NULL if it waits otherwise; and a line about it.
asyncio_future *asyncio__task_awaits(const asyncio_task *task);
void *asyncio__task_waits_in(const asyncio_task *task, void (*undo)(void *arg));
void asyncio__task_describe(const asyncio_task *task, asyncio__text *text);

// A loop's pending tasks, the oldest first; NULL at the end.
asyncio_task *asyncio__first_task(const asyncio_loop *loop);
asyncio_task *asyncio__next_task(const asyncio_task *task);

// The loop that somebody means who gave NULL; NULL when there is none.
asyncio_loop *asyncio__loop_to_tell_of(asyncio_loop *loop);

// The number in a task's default name; 0: it was made with a name of its own.
unsigned asyncio__task_number(const asyncio_task *task);

#endif

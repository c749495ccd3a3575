// SPDX-License-Identifier: MIT
// Tasks: coroutines that run on their own, beside the one that made them. A task is a future (see future.h): await it,
// cancel it, add callbacks to it there.
#ifndef ASYNCIO_TASK_H
#define ASYNCIO_TASK_H

#include "coroutine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef asyncio_future asyncio_task;

typedef struct asyncio_task_options {
  char asyncio__first;  // lets the macro below begin a list without setting an option twice
  const char *name;    // copied; "Task-1", "Task-2"... when NULL, counted for each loop
  size_t stack_size;   // bytes of the coroutine's C stack and switch record; 0 is ASYNCIO_DEFAULT_STACK_SIZE; natively
                       // there are 32 KiB more than asked for (under AddressSanitizer 256 KiB)
  asyncio_loop *loop;  // the loop to run on; the running one when NULL
  asyncio_context *context;  // to run in; a copy of the current one when NULL
  bool eager_start;    // the first step is taken at once, if the loop is the running one; see below
} asyncio_task_options;

// Room for printf and a few hundred bytes a call below it; stacks are pooled and taken at a task's first step.
#define ASYNCIO_DEFAULT_STACK_SIZE (32 * 1024)
#define ASYNCIO_MINIMUM_STACK_SIZE (2 * 1024)

// Makes a task of [coroutine] (using it up, also on failure) and schedules its first step for the next iteration:
//   asyncio_create_task(fetch_coroutine(url), .name = "fetch", .stack_size = 8192)
// The caller owns a reference; the loop keeps a pending task alive, so asyncio_unref may follow at once. NULL with a
// TypeError when [coroutine] is none, RuntimeError without a running loop or with a closed one, ValueError for a stack
// size under the minimum, MemoryError.
#define asyncio_create_task(coroutine, ...) \
  asyncio_create_task_with(coroutine, (asyncio_task_options){.asyncio__first = 0, ##__VA_ARGS__})
ASYNCIO_MUST_USE asyncio_task *asyncio_create_task_with(asyncio_future *coroutine, asyncio_task_options options);

// With .eager_start the task runs at once, in the middle of the call, as the current task and in its own context, until
// it first suspends or ends: one that need not wait is done when the call returns, and was never queued.

// The same without asking the loop's task factory (Python's Task()): for a factory to call.
#define asyncio_task_new(coroutine, ...) \
  asyncio_task_new_with(coroutine, (asyncio_task_options){.asyncio__first = 0, ##__VA_ARGS__})
ASYNCIO_MUST_USE asyncio_task *asyncio_task_new_with(asyncio_future *coroutine, asyncio_task_options options);

// Makes the tasks of a loop: uses [coroutine] up, also on failure, and returns a task, the caller's, or NULL with the
// error raised. [options] has the loop. It must not suspend.
typedef asyncio_task *(*asyncio_task_factory)(asyncio_loop *loop, asyncio_future *coroutine,
                                              const asyncio_task_options *options, void *arg);

// From now on create_task, gather and whatever else makes a coroutine a task of [loop] asks [factory]; NULL:
// asyncio_task_new.
void asyncio_loop_set_task_factory(asyncio_loop *loop, asyncio_task_factory factory, void *arg);
asyncio_task_factory asyncio_loop_get_task_factory(const asyncio_loop *loop);

// The factory that starts every task eagerly: asyncio_loop_set_task_factory(loop, asyncio_eager_task_factory, NULL).
asyncio_task *asyncio_eager_task_factory(asyncio_loop *loop, asyncio_future *coroutine,
                                         const asyncio_task_options *options, void *arg);

// The future to wait for: a coroutine is made a task of the running loop, outside one of the loop that was set
// (asyncio_set_event_loop); anything else is returned as it is. The caller owns the reference returned. NULL as above.
ASYNCIO_MUST_USE asyncio_future *asyncio_ensure_future(asyncio_future *awaitable);

bool asyncio_istask(const asyncio_future *awaitable);  // no plain future, and no coroutine that is not yet one

// The task's name; borrowed until it is set again. "" for what is no task.
const char *asyncio_task_get_name(const asyncio_task *task);
asyncio_status asyncio_task_set_name(asyncio_task *task, const char *name);  // copies it; MemoryError, TypeError

// The context in which the task runs, borrowed. NULL with TypeError for what is no task, MemoryError.
asyncio_context *asyncio_task_get_context(asyncio_task *task);

// asyncio_future_cancel under a task's name; see there.
bool asyncio_task_cancel(asyncio_task *task, const char *message);

// Takes one request for cancellation back and returns how many are left; at 0 one not yet delivered is dropped.
unsigned asyncio_task_uncancel(asyncio_task *task);
unsigned asyncio_task_cancelling(const asyncio_task *task);  // requests so far less those taken back

// What the task waits for ("sleep", "future", a task's name...); "" when it waits for nothing. Borrowed for the moment.
const char *asyncio_task_waiting_for(const asyncio_task *task);

// How much of its stack the task used where it last suspended, in bytes, switch record included; 0 before and after.
size_t asyncio_task_stack_used(const asyncio_task *task);

// The task that is executing, borrowed; NULL in a plain callback, with a RuntimeError outside a loop.
asyncio_task *asyncio_current_task(void);

// Writes up to [capacity] of the loop's pending tasks, oldest first, to [tasks] (borrowed); returns how many there are.
size_t asyncio_all_tasks(asyncio_loop *loop, asyncio_task **tasks, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif

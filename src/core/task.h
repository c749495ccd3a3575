// SPDX-License-Identifier: MIT
// Tasks from the inside. For src/core alone.
//
// States of a pending task, one at a time:
//
//   created --create_task--> queued --its entry runs--> executing --+-- returns ----> done
//                              ^                                     |
//                              +-- woken, or yielded <-- waiting <---+-- parks
//
#ifndef ASYNCIO__CORE_TASK_H
#define ASYNCIO__CORE_TASK_H

#include <stddef.h>

#include "await.h"
#include "runtime.h"

// What every task needs at each step and at its end comes first: a million of them pass through the cache once for
// each.
typedef struct asyncio__task {
  _Alignas(max_align_t) asyncio_future future;  // first: a task is a future
  asyncio__entry entry;       // in the ready queue while queued; in the callbacks of the future that it waits for
  asyncio__link tasks;        // in loop->tasks until done
  asyncio__context_slot context;  // what it runs in; here it fills a gap
  _Alignas(uint64_t) char zeroed[0];  // from here on a new one is zero
  asyncio__frame *frame;      // the innermost of its chain of awaits; NULL before and after
  asyncio_future *awaiting;   // what it waits for, if that is a future; owned
  asyncio_status sent;        // what its wait ended with, or is about to be told to have
  bool must_cancel;           // one is to be delivered when it goes on
  bool started;               // its first step was made
  bool ending;                // the loop closes: no wait may begin any more
  bool entered;               // its coroutine will run later, or does so now
  bool lost;                  // its frames go without another step
  bool generates;             // it is the body of a generator
  bool cancelling;            // a request is on its way from it to what it waits for
  asyncio_error *cancel_error;  // the latest request's words
  char *name;                 // owned, from the pool; NULL: Task-<number>, until somebody asks
  unsigned number;            // 0: it was made with a name of its own
  size_t stack_size;
  asyncio__errors errors;
  const char *reason;         // what it waits for, if that is something else
  void (*undo)(void *arg);    // how to take that wait back; NULL once woken
  void *undo_arg;
  unsigned cancels;           // requests for cancellation, less those taken back
  unsigned refused;           // waits refused since then
  const char *function;       // its coroutine's name
} asyncio__task;

// asyncio__context_choose, for the usual case that there is nothing to choose from.
static inline asyncio__context_slot asyncio__context_for_task(asyncio_context *context) {
  const asyncio__task *creator = asyncio__thread.task;
  return !context && creator && asyncio__context_empty(creator->context) ? 0 : asyncio__context_choose(context);
}

// The coroutine whose outermost frame [root] is.
static inline asyncio__task *asyncio__coroutine_of(const asyncio__frame *root) {
  return (asyncio__task *)(void *)(uintptr_t)root - 1;
}

// The outermost frame, which lies behind the struct.
static inline asyncio__frame *asyncio__root(asyncio__task *task) { return (asyncio__frame *)(void *)(task + 1); }

extern const asyncio__future_kind asyncio__task_kind;
extern const asyncio__future_kind asyncio__coroutine_kind;

static inline asyncio__task *asyncio__task_of(const asyncio_future *future) {
  bool is_task = future && (future->kind == &asyncio__task_kind || future->kind == &asyncio__coroutine_kind);
  return is_task ? (asyncio__task *)(void *)(uintptr_t)future : NULL;
}

// The kind's destroy.
void asyncio__task_destroy(asyncio_future *future);

void asyncio__task_free_name(asyncio__task *task);

// A coroutine object with [size] bytes for its root frame, which is zeroed. NULL with the error raised.
asyncio__task *asyncio__coroutine_alloc(const char *name, size_t size);

// Claims an unused coroutine for its one use: false with a RuntimeError when it was used before.
bool asyncio__coroutine_claim(asyncio__task *coroutine);

// Takes the task's next step: what its entry does in the ready queue.
void asyncio__task_run(asyncio__entry *entry);

// Goes on with a task whose innermost frame has made [progress].
void asyncio__task_drive(asyncio__task *task, asyncio__progress progress);

// Begins waiting for a pending future, with a reference of its own.
void asyncio__task_wait_future(asyncio__task *task, asyncio_future *future);

// Drops the wait that the task has begun.
void asyncio__task_forget_wait(asyncio__task *task);

// In a task that is being ended: drops the wait and returns the error to go on with; 0 once it was refused too often.
asyncio_status asyncio__task_refuse(asyncio__task *task);

// RuntimeError when [future] is the task itself, or another loop's.
asyncio_status asyncio__task_may_await(const asyncio__task *task, const asyncio_future *future);

// Parks the coroutine that is running, the executing task's, and returns what it was woken with.
asyncio_status asyncio__park(void);

// Calls the body of a stackful coroutine within the running one.
asyncio_status asyncio__stackful_call(asyncio__frame *root, asyncio_value *result);

// The coroutine objects that it has called and that have not returned: the innermost, linked by its awaiter. NULL for a
// frame without a stack, or NULL.
asyncio__frame **asyncio__stackful_called(asyncio__frame *frame);
bool asyncio__is_stackful(const asyncio__frame *frame);
bool asyncio__is_generator(const asyncio__frame *frame);  // a stackful one
size_t asyncio__stackful_used(const asyncio__frame *frame);

// [frame], an innermost one, is done: its awaiter takes its place, with the value, and goes on with the status
// returned. What was awaited goes with its frame, unless somebody else refers to it.
asyncio_status asyncio__frame_ascend(asyncio__frame **frame);

// The line at which a stackless coroutine waits; 0 for another frame.
unsigned asyncio__frame_line(const asyncio__frame *frame);

// Ends a pending task of a loop that is being closed, or has it end by itself soon, where coroutines run later. False:
// it waits on and on, and is to be abandoned.
bool asyncio__task_end(asyncio__task *task);

// Takes such a task's stack away, or that of one whose C frames an exception has thrown away: it has ended with
// [status]. Nothing may refer to what lies there any more: timers, above all.
void asyncio__task_lose(asyncio__task *task, asyncio_status status);

#endif

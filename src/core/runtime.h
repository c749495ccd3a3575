// SPDX-License-Identifier: MIT
// What a thread has: its pools, what is executing, and the errors raised outside tasks. The only state outside
// loops; one struct for each thread, zero at its start.
#ifndef ASYNCIO__CORE_RUNTIME_H
#define ASYNCIO__CORE_RUNTIME_H

#include "../base/box.h"
#include "../base/pool.h"
#include "../port/stack.h"
#include "asyncio/task.h"
#include "context.h"

// The latest failures of a task, newest first, one for each status at most. A few, so that the words of a failure are
// still there after cleanup met others; bounded, so that a task that lives with failures does not grow.
enum { ASYNCIO__RECENT_ERRORS = 3 };
typedef struct asyncio__errors {
  asyncio_status latest;  // of the latest failure, words or not; 0 for none
  asyncio_status no_awaitable;  // why the latest constructor returned NULL, until that NULL is used; 0 for none
  asyncio_error *recent[ASYNCIO__RECENT_ERRORS];
} asyncio__errors;

typedef struct asyncio__runtime {
  asyncio__pool pool;
  asyncio__stacks stacks;
  asyncio_loop *running;         // the loop whose handle is executing
  struct asyncio__task *task;    // the task that is executing
  asyncio__context_slot own_context;       // of code outside a loop
  asyncio__context_slot callback_context;  // of the callback that is executing
  bool calling;                            // there is one
  bool eager;                    // a task takes its first step inside of another's, or of a callback
  asyncio__link driven;          // the loops between the start and the end of a run, each turned in its turn
  asyncio_loop *current_loop;    // set_event_loop's
  bool current_loop_set;         // it was called, if with NULL
  bool driven_ready;             // the list head is initialised
  bool turning;                  // inside asyncio__turn
  bool run_ended;                // since the last turn that was not cut short
  unsigned debug_loops;          // in debug mode
  unsigned loops;                // alive; the pools go with the last one
  asyncio__errors errors;        // raised outside any task
  // The parent of the task group that [member] is in; NULL while there was no group.
  asyncio_task *(*group_parent)(const asyncio_future *member);
  asyncio_status uncaught;       // of the last asyncio_run that failed, until somebody asks for words; 0 for none
  asyncio_error *uncaught_error;  // its words; owned
} asyncio__runtime;

extern _Thread_local asyncio__runtime asyncio__thread;

// The running loop, else the one that was set; NULL without an error when there is neither.
asyncio_loop *asyncio__loop_here(void);

// The loop count reached 0: gives memory back.
void asyncio__runtime_idle(void);

// What a constructor of an awaitable returns when it has failed: NULL, with the latest failure remembered for whoever
// uses it.
asyncio_future *asyncio__no_awaitable(void);

// That failure, once, for whoever was given NULL; a TypeError about [parameter] when no constructor failed.
asyncio_status asyncio__null_awaitable(const char *parameter);

// Nobody need be told of it any more.
void asyncio__uncaught_forget(void);

// Whether [status] is one of the table's errors or the application's.
bool asyncio__is_failure(asyncio_status status);

// The errors of the executing task, or of the thread outside one.
asyncio__errors *asyncio__errors_here(void);
// [error], whose reference is taken over, is the latest with [status]; NULL when there are no words for it.
void asyncio__errors_push(asyncio__errors *errors, asyncio_status status, asyncio_error *error);
// Whether nothing was recorded between [before] and [after].
bool asyncio__errors_same(const asyncio__errors *before, const asyncio__errors *after);
asyncio_error *asyncio__errors_find(const asyncio__errors *errors, asyncio_status status);
void asyncio__errors_clear(asyncio__errors *errors);

#endif

// SPDX-License-Identifier: MIT
// The loop from the inside, for src/core.
#ifndef ASYNCIO__CORE_LOOP_H
#define ASYNCIO__CORE_LOOP_H

#include "../port/coro.h"
#include "heap.h"
#include "runtime.h"

// Debug mode's part in the loop's work.
typedef struct asyncio__observer {
  void (*run)(asyncio_loop *loop, asyncio__entry *entry);          // runs the entry
  void (*left)(asyncio_loop *loop, struct asyncio__task *task);  // the coroutine that was entered has left
  void (*closing)(asyncio_loop *loop);                           // its tasks have ended
} asyncio__observer;

struct asyncio_loop {
  const asyncio__observer *observer;  // in debug mode; else NULL
  asyncio__runtime *thread;           // whose it is
  unsigned references;      // users'; the last one closes the loop
  unsigned holds;           // what its memory is there for: each future of it, and all references together
  asyncio__link driven;     // in the runtime's list from the start of a run to its end
  asyncio__link ready;      // runs in the next iteration
  asyncio__link batch;      // what is left of the iteration that is running
  asyncio__heap timers;
  asyncio__link tasks;      // pending, oldest first
  double now;               // the clock as anybody last read it
  double measured_from;     // as it was read between entries
  unsigned since_clock;     // entries run since
  unsigned clock_interval;  // entries until it is read again
  asyncio__link generators;  // begun and not ended, oldest first; they hold no reference
  bool generators_shut_down;  // shutdown_asyncgens() was called
  unsigned tasks_named;     // for Task-1, Task-2...
  bool iterating;           // a turn ended within the iteration
  bool running;             // between the start and the end of a run
  bool stopping;            // stop() was called
  bool closing;             // close() is ending the tasks
  bool closed;
  unsigned entered;     // tasks whose coroutine will run later, or does so now, and the iteration with it
  asyncio__link unused;  // in debug mode: coroutines made while it ran that nobody has used yet
  double slow_callback_duration;
  double resumed;  // when the coroutine that was entered began to run; in debug mode
  asyncio_task_factory task_factory;  // NULL: asyncio_task_new
  void *task_factory_arg;
  asyncio_exception_handler handler;
  void *handler_arg;
};

// Keep its memory, and no more; NULL is fine.
asyncio_loop *asyncio__loop_hold(asyncio_loop *loop);
void asyncio__loop_release(asyncio_loop *loop);

// NULL becomes the running loop; a RuntimeError or TypeError otherwise.
asyncio_status asyncio__loop_open(const asyncio_loop *loop);

// asyncio_loop_run_until_complete, with the context that a coroutine is to run in; NULL: a copy of the current one.
asyncio_status asyncio__loop_run_in(asyncio_loop *loop, asyncio_future *awaitable, asyncio_context *context,
                                    asyncio_value *result) __attribute__((warn_unused_result));

// Whether one may begin that blocks nobody.
asyncio_status asyncio__loop_startable(const asyncio_loop *loop);

// A run in two halves, for those who are not blocked by it: the host turns the loop between them, until it no longer
// runs. begin: until [awaitable] is done, whose reference in *[future] the caller gives to end; NULL for a run that
// only stop ends, then *[future] is NULL too. end: gives its outcome, [run] if that is a failure.
asyncio_status asyncio__loop_begin_run(asyncio_loop *loop, asyncio_future *awaitable, asyncio_future **future);
asyncio_status asyncio__loop_end_run(asyncio_loop *loop, asyncio_status run, asyncio_future *future,
                                     asyncio_value *result);

// Stops a run that the host has found can never end by itself: the RuntimeError that says so. Apart from the rest,
// since the embedded core, whose host cannot know, leaves out what describes tasks.
asyncio_status asyncio__loop_stuck(asyncio_loop *loop);

// Takes everything back that lies in the stack of [coro], which is about to be freed with its frames unfinished.
void asyncio__loop_forget_stack(asyncio_loop *loop, const asyncio__coro *coro);

// Writes what a loop without an exception handler has to tell.
void asyncio__write_report(const asyncio_exception_context *context);

// Tells the exception handler in the context that is current.
void asyncio__loop_tell(asyncio_loop *loop, const asyncio_exception_context *context);

// Tells the exception handler: [message] about [future], with its exception.
void asyncio__loop_report(asyncio_loop *loop, const char *message, asyncio_future *future);

#endif

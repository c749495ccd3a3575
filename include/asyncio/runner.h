// SPDX-License-Identifier: MIT
// Runners: a loop that runs one coroutine after another, in one context, and ends as asyncio_run does.
//
//   asyncio_runner runner;
//   asyncio_runner_init(&runner);
//   asyncio_status status = asyncio_runner_run(&runner, connect_coroutine(), NULL);
//   if (!status) status = asyncio_runner_run(&runner, serve_coroutine(), NULL);
//   (void)asyncio_runner_close(&runner);
#ifndef ASYNCIO_RUNNER_H
#define ASYNCIO_RUNNER_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct asyncio_runner_options {
  char asyncio__first;  // lets the macros begin a list without setting an option twice
  bool debug;           // the loop's debug mode; false leaves it as a new loop has it
  // Makes the loop, whose reference the runner takes over. NULL: asyncio_new_event_loop, and the loop is this thread's
  // (asyncio_get_event_loop) until the runner is closed.
  asyncio_loop *(*loop_factory)(void *arg);
  void *loop_factory_arg;
} asyncio_runner_options;

// Its loop and context are made by the first call that needs them. The fields are the runner's.
typedef struct asyncio_runner {
  asyncio_runner_options asyncio__options;
  asyncio_loop *asyncio__loop;        // held from then until it is closed
  asyncio_context *asyncio__context;  // likewise
  bool asyncio__closed;
} asyncio_runner;

// Prepares [runner], which can live anywhere: asyncio_runner_init(&runner, .debug = true). Allocates nothing, cannot
// fail.
#define asyncio_runner_init(runner, ...) \
  asyncio_runner_init_with(runner, (asyncio_runner_options){.asyncio__first = 0, ##__VA_ARGS__})
void asyncio_runner_init_with(asyncio_runner *runner, asyncio_runner_options options);

// Runs [coroutine] to its end, or waits for a future of the runner's loop, and gives the outcome, the value in [result]
// (owned by the caller; may be NULL). A coroutine is used up. It runs in the runner's context, a copy of the one
// current when the runner was first used, or with .context = context in that one. RuntimeError when a loop is running
// here or the runner is closed, TypeError for NULL, MemoryError, or the loop factory's error.
#define asyncio_runner_run(runner, coroutine, result, ...) \
  asyncio_runner_run_in(runner, coroutine, result, ASYNCIO__CALLBACK_CONTEXT(__VA_ARGS__))
asyncio_status asyncio_runner_run_in(asyncio_runner *runner, asyncio_future *coroutine, asyncio_value *result,
                                     asyncio_context *context) __attribute__((warn_unused_result));

// The runner's loop, borrowed. NULL with the error as above.
asyncio_loop *asyncio_runner_get_loop(asyncio_runner *runner);

// Cancels the tasks that are left, waits for them, reports their failures and closes the loop. Closing twice is fine.
// RuntimeError when a loop is running here.
asyncio_status asyncio_runner_close(asyncio_runner *runner);

#ifdef __cplusplus
}
#endif
#endif
